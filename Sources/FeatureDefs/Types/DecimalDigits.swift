extension [UInt8] {
    /// Appends a number in ASCII digits, with zeros before it up to a width: times are spelled out of these.
    package mutating func append(digitsOf number: Int, width: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        repeat {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0 || count - start < width
        self[start...].reverse()
    }

    /// Appends `2024-01-31`.
    package mutating func append(_ date: CivilDate) {
        append(digitsOf: date.year, width: 4)
        append(UInt8(ascii: "-"))
        append(digitsOf: date.month, width: 2)
        append(UInt8(ascii: "-"))
        append(digitsOf: date.day, width: 2)
    }

    /// Appends `08:49:37`.
    package mutating func append(clockOf secondsOfDay: Int) {
        append(digitsOf: secondsOfDay / 3600, width: 2)
        append(UInt8(ascii: ":"))
        append(digitsOf: secondsOfDay / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        append(digitsOf: secondsOfDay % 60, width: 2)
    }
}
