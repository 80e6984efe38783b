import Columnar
import FeatureDefs

/// Values in memory as text, as Postgres prints them, except that a bool is `true` or `false`, which everyone reads.
enum ColumnText {
    typealias Cell = (_ row: Int, _ bytes: inout [UInt8]) -> Void

    /// Appends the text of a row's value, which must not be NULL.
    ///
    /// - Parameter isZoneless: print instants as `timestamp` does, without `+00`.
    static func cell(of column: Column, isZoneless: Bool = false) -> Cell {
        switch column {
        case .bool(let column): { $1.append(contentsOf: column.values[$0] ? "true".utf8 : "false".utf8) }
        case .int16(let column): { append(column.values[$0], to: &$1) }
        case .int32(let column): { append(column.values[$0], to: &$1) }
        case .int64(let column): { append(column.values[$0], to: &$1) }
        case .float32(let column): { append(column.values[$0], to: &$1) }
        case .float64(let column): { append(column.values[$0], to: &$1) }
        case .timestamp(let column): { append(instant: column.values[$0], isZoneless: isZoneless, to: &$1) }
        case .date(let column): { append(date: column.values[$0], to: &$1) }
        case .string(let column): { $1.append(contentsOf: column.bytes[column.range($0)]) }
        case .bytes(let column):
            { row, bytes in
                bytes.append(contentsOf: "\\x".utf8)
                for byte in column.bytes[column.range(row)] { append(hexadecimal: byte, to: &bytes) }
            }
        case .uuid(let column): { append(uuid: column.values[$0], to: &$1) }
        case .list(let column): list(column)
        case .vector(let column):
            { row, bytes in
                bytes.append(UInt8(ascii: "{"))
                for (index, value) in column.values[row * column.dimension..<(row + 1) * column.dimension].enumerated() {
                    if index > 0 { bytes.append(UInt8(ascii: ",")) }
                    append(value, to: &bytes)
                }
                bytes.append(UInt8(ascii: "}"))
            }
        }
    }

    // MARK: Lists

    /// `{1,2,NULL}`, as an array prints; texts in double quotes where a bare one would be misread.
    private static func list(_ column: ListColumn) -> Cell {
        let element = cell(of: column.elements)
        let validity = column.elements.validity
        return { row, bytes in
            bytes.append(UInt8(ascii: "{"))
            for index in column.offsets[row]..<column.offsets[row + 1] {
                if index > column.offsets[row] { bytes.append(UInt8(ascii: ",")) }
                guard validity.isValid(index) else {
                    bytes.append(contentsOf: "NULL".utf8)
                    continue
                }
                let start = bytes.count
                element(index, &bytes)
                quoteArrayElement(from: start, in: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Source: Postgres 15, `array_out`: quotes around what is empty, spells NULL, or holds a brace, comma, quote, backslash or blank.
    private static func quoteArrayElement(from start: Int, in bytes: inout [UInt8]) {
        let text = bytes[start...]
        let isNull = text.count == 4 && text.map { $0 | 0x20 } == Array("null".utf8)
        guard text.isEmpty || isNull || text.contains(where: isSpecialInArray) else { return }
        let original = Array(text)
        bytes.removeSubrange(start...)
        bytes.append(UInt8(ascii: "\""))
        for byte in original {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isSpecialInArray(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x20, 0x09...0x0D:
            true
        default: false
        }
    }

    // MARK: Numbers

    static func append(_ number: some FixedWidthInteger & SignedInteger, to bytes: inout [UInt8]) {
        bytes.append(digitsOf: Int(number), width: 1)
    }

    /// The shortest decimal that reads back as the same bits: `95`, `0.1`, `1e+16`, `NaN`, `-Infinity`.
    static func append<Number: BinaryFloatingPoint & CustomStringConvertible>(_ number: Number, to bytes: inout [UInt8]) {
        guard number.isFinite else {
            bytes.append(contentsOf: number.isNaN ? "NaN".utf8 : number < 0 ? "-Infinity".utf8 : "Infinity".utf8)
            return
        }
        bytes.append(contentsOf: number.description.utf8)
        if bytes.suffix(2).elementsEqual(".0".utf8) { bytes.removeLast(2) }
    }

    private static func append(hexadecimal byte: UInt8, to bytes: inout [UInt8]) {
        for digit in [byte >> 4, byte & 15] {
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    private static func append(uuid: UInt128, to bytes: inout [UInt8]) {
        for index in 0..<16 {
            if [4, 6, 8, 10].contains(index) { bytes.append(UInt8(ascii: "-")) }
            append(hexadecimal: UInt8(truncatingIfNeeded: uuid >> UInt128(120 - 8 * index)), to: &bytes)
        }
    }

    // MARK: Times

    /// `2024-01-31 10:00:00.5+00`, with ` BC` at the end where it applies.
    private static func append(instant: Int64, isZoneless: Bool, to bytes: inout [UInt8]) {
        let timestamp = Timestamp(microseconds: instant)
        guard timestamp.isFinite else {
            bytes.append(contentsOf: timestamp == .infinity ? "infinity".utf8 : "-infinity".utf8)
            return
        }
        let (days, time) = timestamp.splitIntoDays
        let (date, isBeforeChrist) = CivilDate(daysSinceEpoch: days).inItsEra
        bytes.append(date)
        bytes.append(UInt8(ascii: " "))
        bytes.append(clockOf: time / 1_000_000)
        if time % 1_000_000 != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(digitsOf: time % 1_000_000, width: 6)
            while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        }
        if !isZoneless { bytes.append(contentsOf: "+00".utf8) }
        if isBeforeChrist { bytes.append(contentsOf: " BC".utf8) }
    }

    private static func append(date days: Int32, to bytes: inout [UInt8]) {
        guard days != .min, days != .max else {
            bytes.append(contentsOf: days == .max ? "infinity".utf8 : "-infinity".utf8)
            return
        }
        let (date, isBeforeChrist) = CivilDate(daysSinceEpoch: Int(days)).inItsEra
        bytes.append(date)
        if isBeforeChrist { bytes.append(contentsOf: " BC".utf8) }
    }
}
