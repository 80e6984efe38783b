/// The one total order of non-NULL values of a type, which Postgres' operators (text under collation "C") share.
package enum FeatureValueOrder: Sendable {
    case ascending
    case equal
    case descending

    /// Compares two non-NULL values of one type. nil when either is NULL or the types differ: they have no order.
    package static func compare(_ lhs: FeatureValue, _ rhs: FeatureValue) -> FeatureValueOrder? {
        switch (lhs, rhs) {
        case (.int64(let lhs), .int64(let rhs)): of(lhs, rhs)
        case (.float64(let lhs), .float64(let rhs)): ofFloats(lhs, rhs)
        case (.float32(let lhs), .float32(let rhs)): ofFloats(lhs, rhs)
        case (.string(let lhs), .string(let rhs)): ofBytes(lhs.utf8, rhs.utf8)
        case (.bool(let lhs), .bool(let rhs)): of(lhs ? 1 : 0, rhs ? 1 : 0)
        case (.timestamp(let lhs), .timestamp(let rhs)): of(lhs, rhs)
        case (.bytes(let lhs), .bytes(let rhs)): ofBytes(lhs, rhs)
        case (.uuid(let lhs), .uuid(let rhs)): of(lhs, rhs)
        case (.list(let lhs), .list(let rhs)): lhs.element == rhs.element ? ofLists(lhs.values, rhs.values) : nil
        case (.vector(let lhs), .vector(let rhs)): lhs.count == rhs.count ? ofVectors(lhs, rhs) : nil
        default: nil
        }
    }

    private static func of<Value: Comparable>(_ lhs: Value, _ rhs: Value) -> FeatureValueOrder {
        lhs < rhs ? .ascending : (lhs == rhs ? .equal : .descending)
    }

    private static func ofFloats<Value: BinaryFloatingPoint>(_ lhs: Value, _ rhs: Value) -> FeatureValueOrder {
        switch (lhs.isNaN, rhs.isNaN) {
        case (true, true): .equal
        case (true, false): .descending
        case (false, true): .ascending
        case (false, false): of(lhs, rhs)
        }
    }

    private static func ofBytes<Bytes: Sequence<UInt8>>(_ lhs: Bytes, _ rhs: Bytes) -> FeatureValueOrder {
        if lhs.elementsEqual(rhs) { return .equal }
        return lhs.lexicographicallyPrecedes(rhs) ? .ascending : .descending
    }

    /// The first elements that differ decide, a NULL being greater than any value; else the shorter list comes first. Only a
    /// choice between rows of equal times asks for more than equality (Postgres' `array_cmp`).
    private static func ofLists(_ lhs: [FeatureValue], _ rhs: [FeatureValue]) -> FeatureValueOrder {
        for (left, right) in zip(lhs, rhs) where left != right {
            if left.isNull { return .descending }
            if right.isNull { return .ascending }
            return compare(left, right) ?? .equal
        }
        return of(lhs.count, rhs.count)
    }

    private static func ofVectors(_ lhs: [Float], _ rhs: [Float]) -> FeatureValueOrder {
        for (left, right) in zip(lhs, rhs) {
            let order = ofFloats(left, right)
            if order != .equal { return order }
        }
        return .equal
    }
}
