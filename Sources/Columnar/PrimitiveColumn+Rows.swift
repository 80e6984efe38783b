extension PrimitiveColumn {
    /// The rows chosen, in that order; NULL for each -1.
    func gathered(_ rows: RowChoice, placeholder: Element) -> Self {
        var missing = 0
        let gathered = values.withUnsafeBufferPointer { values in
            rows.withUnsafeBufferPointer { rows in
                ContiguousArray<Element>(unsafeUninitializedCapacity: rows.count) { buffer, count in
                    for index in rows.indices {
                        let row = Int(rows[index])
                        if row >= 0 {
                            buffer.initializeElement(at: index, to: values[row])
                        } else {
                            buffer.initializeElement(at: index, to: placeholder)
                            missing += 1
                        }
                    }
                    count = rows.count
                }
            }
        }
        if validity.nullCount > 0 {
            return Self(
                gathered, validity: Validity(count: rows.count, where: { rows[$0] >= 0 && validity.isValid(Int(rows[$0])) }))
        }
        if missing > 0 { return Self(gathered, validity: Validity(count: rows.count, where: { rows[$0] >= 0 })) }
        return Self(gathered)
    }

    /// The rows of a range.
    subscript(range: Range<Int>) -> Self {
        Self(ContiguousArray(values[range]), validity: validity[range])
    }

    mutating func append(contentsOf other: Self) {
        values.append(contentsOf: other.values)
        validity.append(contentsOf: other.validity)
    }

    package static func joined(_ parts: [Self]) -> Self {
        var joined = Self()
        joined.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { joined.append(contentsOf: part) }
        return joined
    }
}
