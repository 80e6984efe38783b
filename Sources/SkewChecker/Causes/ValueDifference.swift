import DriftMonitor
import FeatureDefs

/// What two values that differ look like beside each other; nothing but the values is asked.
struct ValueDifference {
    let served: FeatureValue
    let expected: FeatureValue
    let defaultValue: FeatureValue?

    /// The factors between units that people mix up.
    static let unitFactors: [Double] = [10, 60, 100, 1000, 3600, 86400]

    var isDefaultFilled: Bool {
        guard let defaultValue else { return false }
        return served == defaultValue && !expected.isNull
    }

    /// Two instants that are a whole number of quarter hours apart, at most as far as two zones are.
    var isTimeZone: Bool {
        guard case .timestamp(let a) = served, case .timestamp(let b) = expected else { return false }
        let (apart, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
        let quarterHour: Int64 = 900_000_000
        return !overflow && apart != 0 && apart % quarterHour == 0 && apart.magnitude <= UInt64(26 * 4 * quarterHour)
    }

    /// The factor by which one is greater than the other; which other values must share, for chance makes some.
    var unitFactor: Double? {
        guard let a = served.number, let b = expected.number, a != 0, b != 0, a.isFinite, b.isFinite else { return nil }
        let ratio = abs(a / b) < 1 ? b / a : a / b
        return Self.unitFactors.first { abs(ratio / $0 - 1) <= 1e-6 }
    }

    var isFloat32: Bool {
        guard case .float64(let a) = served, case .float64(let b) = expected, b.isFinite else { return false }
        return a == Double(Float(b))
    }

    var isPastDoublePrecision: Bool {
        guard case .int64(let a) = served, case .int64(let b) = expected, b.magnitude > 1 << 53 else { return false }
        return Double(a) == Double(b)
    }

    var isTruncated: Bool {
        switch (served, expected) {
        case (.float64(let a), .float64(let b)): Self.isTruncated(a, b)
        case (.float32(let a), .float32(let b)): Self.isTruncated(Double(a), Double(b))
        case (.timestamp(let a), .timestamp(let b)):
            [1000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000].contains { unit in
                a == b.floored(toMultipleOf: Period(microseconds: unit))
            }
        case (.string(let a), .string(let b)): !a.isEmpty && a.utf8.count < b.utf8.count && b.utf8.starts(with: a.utf8)
        case (.list(let a), .list(let b)):
            !a.values.isEmpty && a.values.count < b.values.count && Array(b.values.prefix(a.values.count)) == a.values
        case (.null, _), (.int64, _), (.float64, _), (.float32, _), (.string, _), (.bool, _), (.timestamp, _), (.bytes, _),
            (.uuid, _), (.list, _), (.vector, _):
            false
        }
    }

    /// Cut to some decimals, towards zero.
    private static func isTruncated(_ a: Double, _ b: Double) -> Bool {
        guard a.isFinite, b.isFinite else { return false }
        var scale = 1.0
        for _ in 0...6 {
            let cut = (b * scale).rounded(.towardZero) / scale
            if a == cut { return true }
            scale *= 10
        }
        return false
    }

    /// Of texts: `unicodeForm`, `whitespace` or `letterCase`.
    var text: SkewCause.Refinement? {
        guard case .string(let a) = served, case .string(let b) = expected else { return nil }
        switch ValueVerdict(served: .string(a), recomputed: .string(b)) {
        case .mismatch(.unicodeNormalisation): return .unicodeForm
        case .mismatch(.whitespace): return .whitespace
        case .mismatch(.case): return .letterCase
        case .match, .matchByCoercion, .mismatch: return nil
        }
    }

    /// One is NULL and the other the default, or what stands for nothing: 0, false, the empty text or list.
    var isNullDefaultSwap: Bool {
        let other: FeatureValue
        switch (served, expected) {
        case (.null, let value), (let value, .null): other = value
        default: return false
        }
        return other == defaultValue || other.isNothing
    }

    var isPermuted: Bool {
        guard case .list(let a) = served, case .list(let b) = expected, a.values.count == b.values.count else { return false }
        return ElementMatching(a.values, b.values, areEqual: ==).isPerfect
    }
}

extension FeatureValue {
    /// A finite or infinite number, whole or not.
    var number: Double? {
        switch self {
        case .int64(let value): Double(value)
        case .float64(let value): value
        case .float32(let value): Double(value)
        case .null, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: nil
        }
    }

    fileprivate var isNothing: Bool {
        switch self {
        case .int64(let value): value == 0
        case .float64(let value): value == 0
        case .float32(let value): value == 0
        case .string(let value): value.isEmpty
        case .bool(let value): !value
        case .bytes(let value): value.isEmpty
        case .list(let list): list.values.isEmpty
        case .null, .timestamp, .uuid, .vector: false
        }
    }
}
