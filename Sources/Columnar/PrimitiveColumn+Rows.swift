extension PrimitiveColumn {
    /// The rows chosen, in that order; NULL for each -1.
    func gathered(_ rows: RowChoice, placeholder: Element) -> Self {
        var validity = Validity()
        let hasNulls = self.validity.nullCount > 0
        let gathered = values.withUnsafeBufferPointer { values in
            ContiguousArray<Element>(unsafeUninitializedCapacity: rows.count) { buffer, count in
                for (index, row) in rows.enumerated() {
                    if row >= 0, !hasNulls || self.validity.isValid(Int(row)) {
                        buffer.initializeElement(at: index, to: values[Int(row)])
                        validity.appendValid()
                    } else {
                        buffer.initializeElement(at: index, to: placeholder)
                        validity.appendNull()
                    }
                }
                count = rows.count
            }
        }
        return Self(gathered, validity: validity)
    }

    /// The rows of a range.
    subscript(range: Range<Int>) -> Self {
        Self(ContiguousArray(values[range]), validity: validity[range])
    }

    package static func joined(_ parts: [Self]) -> Self {
        var values = ContiguousArray<Element>()
        values.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        var validity = Validity()
        for part in parts {
            values.append(contentsOf: part.values)
            validity.append(contentsOf: part.validity)
        }
        return Self(values, validity: validity)
    }
}
