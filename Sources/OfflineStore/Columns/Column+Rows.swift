import Columnar

extension Column {
    /// The rows at some positions, in their order.
    func rows(at positions: [Int]) -> Column {
        switch self {
        case .bool(let column): .bool(column.rows(at: positions))
        case .int16(let column): .int16(column.rows(at: positions))
        case .int32(let column): .int32(column.rows(at: positions))
        case .int64(let column): .int64(column.rows(at: positions))
        case .float32(let column): .float32(column.rows(at: positions))
        case .float64(let column): .float64(column.rows(at: positions))
        case .timestamp(let column): .timestamp(column.rows(at: positions))
        case .date(let column): .date(column.rows(at: positions))
        case .string(let column): .string(column.rows(at: positions))
        case .bytes(let column): .bytes(column.rows(at: positions))
        case .uuid(let column): .uuid(column.rows(at: positions))
        case .list(let column): .list(column.rows(at: positions))
        case .vector(let column): .vector(column.rows(at: positions))
        }
    }

    /// One row.
    func row(_ position: Int) -> Column { rows(at: [position]) }
}

extension Validity {
    func rows(at positions: [Int]) -> Validity {
        guard nullCount > 0 else { return Validity(validCount: positions.count) }
        var validity = Validity()
        for position in positions { if isValid(position) { validity.appendValid() } else { validity.appendNull() } }
        return validity
    }
}

extension PrimitiveColumn {
    func rows(at positions: [Int]) -> Self {
        Self(ContiguousArray(positions.map { values[$0] }), validity: validity.rows(at: positions))
    }
}

extension BytesColumn {
    func rows(at positions: [Int]) -> Self {
        var column = Self()
        for position in positions { if let value = self[position] { column.append(value) } else { column.appendNull() } }
        return column
    }
}

extension ListColumn {
    func rows(at positions: [Int]) -> Self {
        var offsets: ContiguousArray<Int> = [0]
        var taken: [Int] = []
        for position in positions {
            taken.append(contentsOf: self.offsets[position]..<self.offsets[position + 1])
            offsets.append(taken.count)
        }
        return Self(offsets: offsets, elements: elements.rows(at: taken), validity: validity.rows(at: positions))
    }
}

extension VectorColumn {
    func rows(at positions: [Int]) -> Self {
        var values: ContiguousArray<Float> = []
        for position in positions { values.append(contentsOf: self.values[position * dimension..<(position + 1) * dimension]) }
        return Self(dimension: dimension, values: values, validity: validity.rows(at: positions))
    }
}
