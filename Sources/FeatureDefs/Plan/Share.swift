/// A part of a whole, 0...1, exact to nine decimals: what a share of rows is compared with must not hang on a float's rounding.
package struct Share: Hashable, Sendable, Codable {
    package static let zero = Share(billionths: 0)

    package let billionths: Int64

    private init(billionths: Int64) {
        self.billionths = billionths
    }

    /// The nearest; nil outside of 0...1, and for what is above 0 and would be 0.
    package init?(_ number: Double) {
        guard (0...1).contains(number) else { return nil }
        billionths = Int64((number * 1e9).rounded())
        guard billionths > 0 || number == 0 else { return nil }
    }

    /// Whether `part` of `whole` is more than this share.
    package func isExceeded(by part: Int64, of whole: Int64) -> Bool {
        let (left, right) = (
            part.magnitude.multipliedFullWidth(by: 1_000_000_000),
            whole.magnitude.multipliedFullWidth(by: billionths.magnitude)
        )
        return (left.high, left.low) > (right.high, right.low)
    }
}

extension Share: CustomStringConvertible {
    /// `0.02`
    package var description: String {
        guard billionths % 1_000_000_000 != 0 else { return String(billionths / 1_000_000_000) }
        let digits = String(1_000_000_000 + billionths).dropFirst()
        return "0." + String(digits.reversed().drop { $0 == "0" }.reversed())
    }
}
