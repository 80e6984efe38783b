/// The 16 bytes of a UUID, ordered as Postgres orders them: byte by byte.
package struct UUIDBytes: Hashable, Sendable, Codable, Comparable {
    /// Bytes 0-7, big-endian.
    package var high: UInt64
    /// Bytes 8-15, big-endian.
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.high, lhs.low) < (rhs.high, rhs.low)
    }
}

extension UUIDBytes: LosslessStringConvertible {
    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in either case; hyphens may be absent.
    package init?(_ description: String) {
        var digits = [UInt64]()
        digits.reserveCapacity(32)
        for character in description.utf8 where character != UInt8(ascii: "-") {
            guard let digit = Character(UnicodeScalar(character)).hexDigitValue else { return nil }
            digits.append(UInt64(digit))
        }
        guard digits.count == 32 else { return nil }
        self.init(
            high: digits[..<16].reduce(0) { $0 << 4 | $1 },
            low: digits[16...].reduce(0) { $0 << 4 | $1 }
        )
    }

    /// The canonical lower-case form with hyphens.
    package var description: String {
        let digits = Self.hex(high) + Self.hex(low)
        var text = ""
        for (position, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(position) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
