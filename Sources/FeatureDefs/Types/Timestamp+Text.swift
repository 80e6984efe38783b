/// Timestamps as text: RFC 3339 out; RFC 3339, a blank instead of `T`, a bare date, or no zone (meaning UTC) in.
extension Timestamp: LosslessStringConvertible {
    /// Reads `2024-01-31`, `2024-01-31 10:00`, `2024-01-31T10:00:00.123456Z`, `...+02:00`, `infinity`, `-infinity`, and
    /// Postgres' `0044-03-15 00:00:00+00 BC` beside our own `-0043-03-15`.
    ///
    /// Without a zone the text is UTC. A fraction finer than a microsecond is refused unless the rest is zeros, since
    /// rounding it could move a row over a boundary.
    package init?(_ description: String) {
        var reader = TimestampReader(description)
        guard let timestamp = reader.read() else { return nil }
        self = timestamp
    }

    /// `2024-01-31T10:00:00Z`, with 3 or 6 digits of fraction where needed.
    package var description: String {
        if self == .infinity { return "infinity" }
        if self == .negativeInfinity { return "-infinity" }
        let (days, time) = splitIntoDays
        var text: [UInt8] = []
        text.reserveCapacity(32)
        text.append(CivilDate(daysSinceEpoch: days))
        text.append(UInt8(ascii: "T"))
        text.append(clockOf: time / 1_000_000)
        let fraction = time % 1_000_000
        if fraction != 0 {
            text.append(UInt8(ascii: "."))
            let isWholeMilliseconds = fraction % 1000 == 0
            text.append(digitsOf: isWholeMilliseconds ? fraction / 1000 : fraction, width: isWholeMilliseconds ? 3 : 6)
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Whole days since the epoch, rounded toward minus infinity, and the microseconds into that day.
    package var splitIntoDays: (days: Int, microsecondsOfDay: Int) {
        let microsecondsPerDay: Int64 = 86_400_000_000
        let days = microseconds.flooredQuotient(by: microsecondsPerDay)
        return (Int(days), Int(microseconds - days * microsecondsPerDay))
    }
}

/// Reads one timestamp from text, byte by byte: spines have millions of them.
private struct TimestampReader {
    private var bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func read() -> Timestamp? {
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "infinity": return .infinity
        case "-infinity": return .negativeInfinity
        default: break
        }
        let isBeforeChrist = bytes.count > 3 && bytes.suffix(3).elementsEqual(" BC".utf8)
        if isBeforeChrist { bytes.removeLast(3) }
        guard let days = readDate(isBeforeChrist: isBeforeChrist) else { return nil }
        guard let time = readTime(), position == bytes.count else { return nil }
        let (dayPart, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400_000_000)
        guard !overflow else { return nil }
        let (sum, sumOverflow) = dayPart.addingReportingOverflow(time)
        guard !sumOverflow else { return nil }
        let timestamp = Timestamp(microseconds: sum)
        return Timestamp.finiteRange.contains(timestamp) ? timestamp : nil
    }

    private mutating func readDate(isBeforeChrist: Bool) -> Int? {
        let isNegative = skip(UInt8(ascii: "-"))
        guard let year = readNumber(digits: 4...6), skip(UInt8(ascii: "-")),
            let month = readNumber(digits: 2...2), skip(UInt8(ascii: "-")),
            let day = readNumber(digits: 2...2)
        else { return nil }
        if isBeforeChrist, isNegative || year == 0 { return nil }
        let astronomical = isBeforeChrist ? 1 - year : isNegative ? -year : year
        let date = CivilDate(year: astronomical, month: month, day: day)
        return date.isValid ? date.daysSinceEpoch : nil
    }

    /// Microseconds since the start of the day in UTC, which a zone may make negative or more than a day.
    private mutating func readTime() -> Int64? {
        guard position < bytes.count else { return 0 }
        guard skip(UInt8(ascii: "T")) || skip(UInt8(ascii: "t")) || skip(UInt8(ascii: " ")) else { return nil }
        guard let hour = readNumber(digits: 2...2), hour <= 23, skip(UInt8(ascii: ":")),
            let minute = readNumber(digits: 2...2), minute <= 59
        else { return nil }
        var second = 0
        var fraction: Int64 = 0
        if skip(UInt8(ascii: ":")) {
            guard let value = readNumber(digits: 2...2), value <= 59 else { return nil }
            second = value
            if skip(UInt8(ascii: ".")) {
                guard let value = readFraction() else { return nil }
                fraction = value
            }
        }
        guard let offset = readZone() else { return nil }
        return Int64(hour * 3600 + minute * 60 + second - offset) * 1_000_000 + fraction
    }

    private mutating func readFraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while position < bytes.count, let digit = digit(at: position) {
            if count < 6 { value = value * 10 + Int64(digit) } else if digit != 0 { return nil }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 6 - count) { value *= 10 }
        return value
    }

    /// Seconds east of UTC: `Z`, `+02`, `+0200`, `+02:00`, or nothing.
    private mutating func readZone() -> Int? {
        guard position < bytes.count else { return 0 }
        if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
        let sign: Int
        if skip(UInt8(ascii: "+")) { sign = 1 } else if skip(UInt8(ascii: "-")) { sign = -1 } else { return nil }
        guard let hours = readNumber(digits: 2...2), hours <= 15 else { return nil }
        guard position < bytes.count else { return sign * hours * 3600 }
        _ = skip(UInt8(ascii: ":"))
        guard let minutes = readNumber(digits: 2...2), minutes <= 59 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func readNumber(digits: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while count < digits.upperBound, position < bytes.count, let digit = digit(at: position) {
            value = value * 10 + digit
            count += 1
            position += 1
        }
        return count >= digits.lowerBound ? value : nil
    }

    private func digit(at index: Int) -> Int? {
        let byte = bytes[index]
        return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
