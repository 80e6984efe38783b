package import Columnar

/// How the cells of two rows of a column compare.
enum CellComparison {
    case before, same, after
}

/// The order of the cells of a column: the contract's (DESIGN §2): NaN is greatest and equals NaN, -0.0 equals 0.0, text and
/// bytes by their bytes, lists and vectors by their elements; NULL is lowest.
package struct CellOrder: Sendable {
    let column: Column

    package init(_ column: Column) {
        self.column = column
    }

    func compare(_ lhs: Int, _ rhs: Int) -> CellComparison {
        let validity = column.validity
        if validity.nullCount > 0 {
            switch (validity.isValid(lhs), validity.isValid(rhs)) {
            case (false, false): return .same
            case (false, true): return .before
            case (true, false): return .after
            case (true, true): break
            }
        }
        switch column {
        case .bool(let cells): return Self.ofIntegers(cells.values[lhs] ? 1 : 0, cells.values[rhs] ? 1 : 0)
        case .int16(let cells): return Self.ofIntegers(cells.values[lhs], cells.values[rhs])
        case .int32(let cells), .date(let cells): return Self.ofIntegers(cells.values[lhs], cells.values[rhs])
        case .int64(let cells), .timestamp(let cells): return Self.ofIntegers(cells.values[lhs], cells.values[rhs])
        case .float32(let cells): return Self.ofFloats(cells.values[lhs], cells.values[rhs])
        case .float64(let cells): return Self.ofFloats(cells.values[lhs], cells.values[rhs])
        case .uuid(let cells): return Self.ofIntegers(cells.values[lhs], cells.values[rhs])
        case .string(let cells), .bytes(let cells): return Self.ofBytes(cells, lhs, rhs)
        case .list(let cells):
            return CellOrder(cells.elements).compareRuns(
                cells.offsets[lhs]..<cells.offsets[lhs + 1], cells.offsets[rhs]..<cells.offsets[rhs + 1])
        case .vector(let cells): return Self.ofVectors(cells, lhs, rhs)
        }
    }

    /// Element by element, a NULL being greater than any value here, then the shorter first: as Postgres' `array_cmp`.
    private func compareRuns(_ lhs: Range<Int>, _ rhs: Range<Int>) -> CellComparison {
        for (left, right) in zip(lhs, rhs) {
            switch (column.validity.isValid(left), column.validity.isValid(right)) {
            case (false, false): continue
            case (false, true): return .after
            case (true, false): return .before
            case (true, true): break
            }
            let comparison = compare(left, right)
            if comparison != .same { return comparison }
        }
        return Self.ofIntegers(lhs.count, rhs.count)
    }

    @inline(__always)
    private static func ofIntegers<Value: Comparable>(_ lhs: Value, _ rhs: Value) -> CellComparison {
        lhs < rhs ? .before : (lhs == rhs ? .same : .after)
    }

    @inline(__always)
    private static func ofFloats<Value: BinaryFloatingPoint>(_ lhs: Value, _ rhs: Value) -> CellComparison {
        switch (lhs.isNaN, rhs.isNaN) {
        case (true, true): .same
        case (true, false): .after
        case (false, true): .before
        case (false, false): ofIntegers(lhs, rhs)
        }
    }

    private static func ofBytes(_ cells: BytesColumn, _ lhs: Int, _ rhs: Int) -> CellComparison {
        let left = cells.bytes[cells.range(lhs)]
        let right = cells.bytes[cells.range(rhs)]
        if left.elementsEqual(right) { return .same }
        return left.lexicographicallyPrecedes(right) ? .before : .after
    }

    private static func ofVectors(_ cells: VectorColumn, _ lhs: Int, _ rhs: Int) -> CellComparison {
        for index in 0..<cells.dimension {
            let comparison = ofFloats(
                cells.values[lhs * cells.dimension + index], cells.values[rhs * cells.dimension + index])
            if comparison != .same { return comparison }
        }
        return .same
    }
}
