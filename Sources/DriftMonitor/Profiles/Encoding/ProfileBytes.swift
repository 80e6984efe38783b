/// Writes a profile's parts: whole numbers in LEB128 (7 bits a byte, least first), doubles as 8 bytes, least first.
struct ProfileWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func whole(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A signed number, zigzag: small magnitudes are short.
    mutating func signed(_ value: Int64) { whole(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    mutating func wide(_ value: Int128) {
        let pattern = UInt128(truncatingIfNeeded: (value << 1) ^ (value >> 127))
        whole(UInt64(truncatingIfNeeded: pattern))
        whole(UInt64(truncatingIfNeeded: pattern >> 64))
    }

    mutating func fixed(_ value: UInt64) {
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
    }

    mutating func number(_ value: Double) { fixed(value.bitPattern) }

    mutating func text(_ value: String) {
        whole(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }
}

/// Reads what `ProfileWriter` wrote, and nothing beyond the bytes.
struct ProfileReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(ProfileDecodingError) -> UInt8 {
        guard position < bytes.count else { throw .wrongLength }
        position += 1
        return bytes[position - 1]
    }

    mutating func whole() throws(ProfileDecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || next < 2 else { throw .invalid("a number of more than 64 bits") }
            // One form for each number: no zeros in front.
            guard next != 0 || shift == 0 else { throw .invalid("a number with zeros in front") }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// A number of things that follow, each at least one byte.
    mutating func count(atMost limit: Int = .max) throws(ProfileDecodingError) -> Int {
        let value = try whole()
        guard value <= UInt64(limit), value <= UInt64(bytes.count - position) else { throw .wrongLength }
        return Int(value)
    }

    mutating func signed() throws(ProfileDecodingError) -> Int64 {
        let value = try whole()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func wide() throws(ProfileDecodingError) -> Int128 {
        let low = try whole()
        let pattern = UInt128(try whole()) << 64 | UInt128(low)
        return Int128(truncatingIfNeeded: pattern >> 1) ^ -Int128(truncatingIfNeeded: pattern & 1)
    }

    mutating func fixed() throws(ProfileDecodingError) -> UInt64 {
        var value: UInt64 = 0
        for shift in 0..<8 { value |= UInt64(try byte()) << UInt64(8 * shift) }
        return value
    }

    mutating func number() throws(ProfileDecodingError) -> Double { Double(bitPattern: try fixed()) }

    mutating func text() throws(ProfileDecodingError) -> String {
        let length = try count()
        guard let text = String(validating: bytes[position..<(position + length)], as: UTF8.self) else {
            throw .invalid("a text that is not UTF-8")
        }
        position += length
        return text
    }

    func finish() throws(ProfileDecodingError) {
        if position != bytes.count { throw .wrongLength }
    }
}
