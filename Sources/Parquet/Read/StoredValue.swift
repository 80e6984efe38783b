/// A value of a fixed width as a file has it.
protocol StoredValue: BitwiseCopyable {
    /// The value that DELTA_BINARY_PACKED gives as a number; nil for a type that it is not for.
    static func fromDelta(_ number: Int64) -> Self?
}

extension Int32: StoredValue {
    static func fromDelta(_ number: Int64) -> Int32? { Int32(truncatingIfNeeded: number) }
}

extension Int64: StoredValue {
    static func fromDelta(_ number: Int64) -> Int64? { number }
}

extension Float: StoredValue {
    static func fromDelta(_ number: Int64) -> Float? { nil }
}

extension Double: StoredValue {
    static func fromDelta(_ number: Int64) -> Double? { nil }
}

extension UInt128: StoredValue {
    static func fromDelta(_ number: Int64) -> UInt128? { nil }
}

/// The timestamps of old: nanoseconds of the day, then the Julian day.
struct Int96: StoredValue {
    private let low: UInt32
    private let middle: UInt32
    private let julianDay: UInt32

    static func fromDelta(_ number: Int64) -> Int96? { nil }

    /// Microseconds since 1970; nil where 64 bits cannot hold them, and where they are not whole.
    var microseconds: Int64? {
        let nanoseconds = Int64(bitPattern: UInt64(middle) << 32 | UInt64(low))
        guard nanoseconds.isMultiple(of: 1000) else { return nil }
        let day = Int64(Int32(bitPattern: julianDay)) - 2_440_588
        let (start, overflow) = day.multipliedReportingOverflow(by: 86_400_000_000)
        let (sum, sumOverflow) = start.addingReportingOverflow(nanoseconds / 1000)
        return overflow || sumOverflow ? nil : sum
    }
}
