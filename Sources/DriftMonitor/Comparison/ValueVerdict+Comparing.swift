extension ValueVerdict {
    /// Compares by the rule. What counts as equal is the rule's; the cause only describes a difference, it excuses none.
    package init(served: ComparedValue, recomputed: ComparedValue, rule: EqualityRule = EqualityRule()) {
        self = Self.compare(served, recomputed, rule)
    }

    package var isMatch: Bool {
        switch self {
        case .match, .matchByCoercion: true
        case .mismatch: false
        }
    }

    private static func compare(_ a: ComparedValue, _ b: ComparedValue, _ rule: EqualityRule) -> ValueVerdict {
        switch (a, b) {
        case (.null, .null), (.missingKey, .missingKey): .match
        case (.missingKey, .null), (.null, .missingKey): rule.isMissingNull ? .match : .mismatch(.missingKey)
        case (.missingKey, _), (_, .missingKey): .mismatch(.missingKey)
        case (.null, let value), (let value, .null): .mismatch(againstNull(value))
        case (.bool(let a), .bool(let b)): a == b ? .match : .mismatch(.value)
        case (.int(let a), .int(let b)): a == b ? .match : .mismatch(.value)
        case (.float(let a), .float(let b)): compare(a, b, rule)
        case (.string(let a), .string(let b)): compare(a, b)
        case (.timestamp(let a), .timestamp(let b)): compare(a, b, tolerance: rule.timestampTolerance)
        case (.list(let a), .list(let b)): compare(a, b, rule)
        case (.int(let whole), .float(let number)), (.float(let number), .int(let whole)): compare(whole, number)
        case (.bool(let flag), .int(let whole)), (.int(let whole), .bool(let flag)):
            rule.isBool && whole == (flag ? 1 : 0) ? .matchByCoercion : .mismatch(.type)
        case (.bool, _), (.int, _), (.float, _), (.string, _), (.timestamp, _), (.list, _): .mismatch(.type)
        }
    }

    private static func againstNull(_ value: ComparedValue) -> Cause {
        switch value {
        case .float(let number): number.isNaN ? .nanVersusNull : number == 0 ? .defaultVersusNull : .nullVersusValue
        case .int(let number): number == 0 ? .defaultVersusNull : .nullVersusValue
        case .string(let text): text.isEmpty ? .emptyVersusNull : .nullVersusValue
        case .null, .missingKey, .bool, .timestamp, .list: .nullVersusValue
        }
    }

    private static func compare(_ a: Double, _ b: Double, _ rule: EqualityRule) -> ValueVerdict {
        if rule.floats.areEqual(a, b) { return .match }
        // One side is the other rounded to 32 bits.
        let isRounded = a.isFinite && b.isFinite && (Double(Float(a)) == b || Double(Float(b)) == a)
        return .mismatch(isRounded ? .float32 : .value)
    }

    /// Exact where a double holds every whole number; above 2^53 two may have become one.
    private static func compare(_ whole: Int64, _ number: Double) -> ValueVerdict {
        if Int64(exactly: number) == whole, whole.magnitude <= 1 << 53 { return .matchByCoercion }
        return .mismatch(Double(whole) == number ? .precisionLoss : .value)
    }

    private static func compare(_ a: String, _ b: String) -> ValueVerdict {
        if a.utf8.elementsEqual(b.utf8) { return .match }
        // Swift's equality is canonical equivalence: equal strings of different bytes differ in normalisation.
        if a == b { return .mismatch(.unicodeNormalisation) }
        if a.filter({ !$0.isWhitespace }) == b.filter({ !$0.isWhitespace }) { return .mismatch(.whitespace) }
        return .mismatch(a.lowercased() == b.lowercased() ? .case : .value)
    }

    private static func compare(_ a: Int64, _ b: Int64, tolerance: Int64) -> ValueVerdict {
        let (difference, overflow) = a.subtractingReportingOverflow(b)
        guard !overflow, difference != .min else { return .mismatch(.value) }
        let apart = abs(difference)
        if apart <= tolerance { return .match }
        let quarterHour: Int64 = 900_000_000
        // No zone is more than 14 hours off another's noon; 26 between two.
        if apart % quarterHour == 0, apart <= 26 * 4 * quarterHour { return .mismatch(.timezoneOffset) }
        // What is left when a store keeps only seconds, or milliseconds.
        return .mismatch(apart < 1_000_000 ? .timestampPrecision : .value)
    }

    private static func compare(_ a: [ComparedValue], _ b: [ComparedValue], _ rule: EqualityRule) -> ValueVerdict {
        switch rule.lists {
        case .ordered: break
        case .set: return matches(a, b, rule) && matches(b, a, rule) ? .match : .mismatch(.value)
        case .multiset: return a.count == b.count && pairs(a, b, rule) ? .match : .mismatch(a.count == b.count ? .value : .length)
        }
        if a.count != b.count { return .mismatch(.length) }
        let verdicts = zip(a, b).map { compare($0, $1, rule) }
        if verdicts.allSatisfy(\.isMatch) { return verdicts.contains(.matchByCoercion) ? .matchByCoercion : .match }
        if pairs(a, b, rule) { return .mismatch(.order) }
        return verdicts.first { !$0.isMatch } ?? .match
    }

    /// Whether each of `a` is among `b`.
    private static func matches(_ a: [ComparedValue], _ b: [ComparedValue], _ rule: EqualityRule) -> Bool {
        a.allSatisfy { value in b.contains { compare(value, $0, rule).isMatch } }
    }

    /// Whether each of `a` finds one of `b` of its own.
    private static func pairs(_ a: [ComparedValue], _ b: [ComparedValue], _ rule: EqualityRule) -> Bool {
        var rest = b
        for value in a {
            guard let index = rest.firstIndex(where: { compare(value, $0, rule).isMatch }) else { return false }
            rest.remove(at: index)
        }
        return true
    }
}
