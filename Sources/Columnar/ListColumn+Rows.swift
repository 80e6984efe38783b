extension ListColumn {
    /// The rows chosen, in that order; NULL for each -1.
    func gathered(_ rows: RowChoice) -> ListColumn {
        var offsets: ContiguousArray<Int> = [0]
        offsets.reserveCapacity(rows.count + 1)
        var chosen = RowChoice()
        var validity = Validity()
        for row in rows {
            if row >= 0, self.validity.isValid(Int(row)) {
                for element in self.offsets[Int(row)]..<self.offsets[Int(row) + 1] { chosen.append(Int32(element)) }
                validity.appendValid()
            } else {
                validity.appendNull()
            }
            offsets.append(chosen.count)
        }
        return ListColumn(offsets: offsets, elements: elements.gathered(chosen), validity: validity)
    }

    /// The rows of a range.
    subscript(rows: Range<Int>) -> ListColumn {
        let start = offsets[rows.lowerBound]
        return ListColumn(
            offsets: ContiguousArray(offsets[rows.lowerBound...rows.upperBound].map { $0 - start }),
            elements: elements[start..<offsets[rows.upperBound]],
            validity: validity[rows]
        )
    }

    static func joined(_ parts: [ListColumn], element: ColumnType) -> ListColumn {
        var offsets: ContiguousArray<Int> = [0]
        var validity = Validity()
        for part in parts {
            let start = offsets[offsets.count - 1]
            for offset in part.offsets.dropFirst() { offsets.append(start + offset) }
            validity.append(contentsOf: part.validity)
        }
        let elements = Column.joined(parts.map(\.elements), type: element)
        return ListColumn(offsets: offsets, elements: elements, validity: validity)
    }
}

extension VectorColumn {
    /// The rows chosen, in that order; NULL for each -1.
    func gathered(_ rows: RowChoice) -> VectorColumn {
        var values = ContiguousArray<Float>()
        values.reserveCapacity(rows.count * dimension)
        var validity = Validity()
        for row in rows {
            if row >= 0, self.validity.isValid(Int(row)) {
                values.append(contentsOf: self.values[Int(row) * dimension..<(Int(row) + 1) * dimension])
                validity.appendValid()
            } else {
                values.append(contentsOf: repeatElement(0, count: dimension))
                validity.appendNull()
            }
        }
        return VectorColumn(dimension: dimension, values: values, validity: validity)
    }

    /// The rows of a range.
    subscript(rows: Range<Int>) -> VectorColumn {
        VectorColumn(
            dimension: dimension,
            values: ContiguousArray(values[rows.lowerBound * dimension..<rows.upperBound * dimension]),
            validity: validity[rows]
        )
    }

    static func joined(_ parts: [VectorColumn], dimension: Int) -> VectorColumn {
        var values = ContiguousArray<Float>()
        var validity = Validity()
        for part in parts {
            values.append(contentsOf: part.values)
            validity.append(contentsOf: part.validity)
        }
        return VectorColumn(dimension: dimension, values: values, validity: validity)
    }
}
