/// A length of time in whole microseconds: a window, a ttl, a delay. Days are 24 hours; there are no months.
package struct Period: Hashable, Sendable, Codable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static let zero = Period(microseconds: 0)

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.microseconds < rhs.microseconds }
}

extension Period: LosslessStringConvertible {
    /// The units in which a definition may write a period, longest first.
    package static let units: [(suffix: String, microseconds: Int64)] = [
        ("w", 604_800_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000),
        ("ms", 1000), ("us", 1),
    ]

    /// Reads `7d`, `90m`, `1h30m`, `250ms`, `-5s`; `0` alone needs no unit. nil when malformed or out of range.
    package init?(_ description: String) {
        var rest = Substring(description)
        let isNegative = rest.hasPrefix("-")
        if isNegative { rest = rest.dropFirst() }
        if rest == "0" {
            self = .zero
            return
        }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let suffix = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let count = Int64(digits), let unit = Self.units.first(where: { $0.suffix == suffix }) else { return nil }
            let (part, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            guard !overflow, !sumOverflow else { return nil }
            total = sum
            rest = rest.dropFirst(digits.count + suffix.count)
        }
        self.init(microseconds: isNegative ? -total : total)
    }

    /// The canonical form, in the largest units that fit: `1h30m`, `7d`, `0s`.
    package var description: String {
        if microseconds == 0 { return "0s" }
        var rest = microseconds.magnitude
        var text = microseconds < 0 ? "-" : ""
        for unit in Self.units where unit.suffix != "w" && rest >= unit.microseconds.magnitude {
            text += "\(rest / unit.microseconds.magnitude)\(unit.suffix)"
            rest %= unit.microseconds.magnitude
        }
        return text
    }
}
