/// Why bytes are no Thrift structure.
enum ThriftFailure: Error {
    /// They end too early.
    case truncated
    case malformed(String)
}

/// Reads structures in Thrift's compact protocol. Whatever the bytes, it ends, and takes no more memory than they are.
struct ThriftReader {
    struct Field {
        let id: Int16
        let type: ThriftType
    }

    /// Where the reading of one structure has got to.
    struct StructureCursor {
        fileprivate var previousField: Int16 = 0
    }

    private let bytes: ContiguousArray<UInt8>
    private(set) var position: Int
    private let end: Int

    init(_ bytes: ContiguousArray<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field of a structure; nil at its end.
    mutating func next(_ cursor: inout StructureCursor) throws(ThriftFailure) -> Field? {
        let header = try byte()
        guard header != 0 else { return nil }
        guard let type = ThriftType(rawValue: header & 15) else { throw .malformed("a field of the type \(header & 15)") }
        if header >> 4 == 0 {
            guard let id = Int16(exactly: try zigzag()) else { throw .malformed("a field's number") }
            cursor.previousField = id
        } else {
            let (id, overflow) = cursor.previousField.addingReportingOverflow(Int16(header >> 4))
            guard !overflow else { throw .malformed("a field's number") }
            cursor.previousField = id
        }
        return Field(id: cursor.previousField, type: type)
    }

    mutating func integer(_ field: Field) throws(ThriftFailure) -> Int64 {
        switch field.type {
        case .byte: return Int64(Int8(bitPattern: try byte()))
        case .int16, .int32, .int64: return try zigzag()
        case .booleanTrue, .booleanFalse, .double, .binary, .list, .set, .map, .structure: throw mismatch(field)
        }
    }

    mutating func int32(_ field: Field) throws(ThriftFailure) -> Int32 {
        guard let value = Int32(exactly: try integer(field)) else { throw .malformed("the number of field \(field.id)") }
        return value
    }

    /// A size or a count.
    mutating func count(_ field: Field) throws(ThriftFailure) -> Int {
        let value = try integer(field)
        guard value >= 0 else { throw .malformed("a negative count in field \(field.id)") }
        return Int(value)
    }

    mutating func boolean(_ field: Field) throws(ThriftFailure) -> Bool {
        switch field.type {
        case .booleanTrue: return true
        case .booleanFalse: return false
        case .byte, .int16, .int32, .int64, .double, .binary, .list, .set, .map, .structure: throw mismatch(field)
        }
    }

    mutating func binary(_ field: Field) throws(ThriftFailure) -> ContiguousArray<UInt8> {
        guard field.type == .binary else { throw mismatch(field) }
        return try binaryElement()
    }

    mutating func text(_ field: Field) throws(ThriftFailure) -> String { String(decoding: try binary(field), as: UTF8.self) }

    mutating func textElement() throws(ThriftFailure) -> String { String(decoding: try binaryElement(), as: UTF8.self) }

    /// How many structures, or texts, follow.
    mutating func list(_ field: Field, of element: ThriftType) throws(ThriftFailure) -> Int {
        guard field.type == .list else { throw mismatch(field) }
        let (type, count) = try listHeader()
        guard type == element || count == 0 else { throw .malformed("the elements of field \(field.id)") }
        return count
    }

    mutating func expectStructure(_ field: Field) throws(ThriftFailure) {
        guard field.type == .structure else { throw mismatch(field) }
    }

    /// Passes over a field that means nothing to us.
    mutating func skip(_ field: Field) throws(ThriftFailure) {
        try skip(field.type, isElement: false, depth: 0)
    }

    private mutating func skip(_ type: ThriftType, isElement: Bool, depth: Int) throws(ThriftFailure) {
        guard depth < 32 else { throw .malformed("structures in structures in structures") }
        switch type {
        case .booleanTrue, .booleanFalse:
            // A field's value is in its type; an element's is a byte.
            if isElement { _ = try byte() }
        case .byte: _ = try byte()
        case .int16, .int32, .int64: _ = try varint()
        case .double: try advance(8)
        case .binary: try advance(try length())
        case .list, .set:
            let (element, count) = try listHeader()
            for _ in 0..<count { try skip(element, isElement: true, depth: depth + 1) }
        case .map:
            let count = try length()
            guard count > 0 else { return }
            let types = try byte()
            guard let key = ThriftType(rawValue: types >> 4), let value = ThriftType(rawValue: types & 15) else {
                throw .malformed("the types of a map")
            }
            for _ in 0..<count {
                try skip(key, isElement: true, depth: depth + 1)
                try skip(value, isElement: true, depth: depth + 1)
            }
        case .structure:
            var cursor = StructureCursor()
            while let field = try next(&cursor) { try skip(field.type, isElement: false, depth: depth + 1) }
        }
    }

    private func mismatch(_ field: Field) -> ThriftFailure { .malformed("the type of field \(field.id)") }

    private mutating func listHeader() throws(ThriftFailure) -> (ThriftType, Int) {
        let header = try byte()
        let count = header >> 4 == 15 ? try length() : Int(header >> 4)
        guard let type = ThriftType(rawValue: header & 15) else { throw .malformed("the type of a list") }
        // Each element is a byte at least.
        guard count <= end - position else { throw .truncated }
        return (type, count)
    }

    private mutating func binaryElement() throws(ThriftFailure) -> ContiguousArray<UInt8> {
        let count = try length()
        let start = position
        try advance(count)
        return ContiguousArray(bytes[start..<start + count])
    }

    /// A count of bytes or elements that are there.
    private mutating func length() throws(ThriftFailure) -> Int {
        guard let length = Int(exactly: try varint()) else { throw .malformed("a length") }
        guard length <= end - position else { throw .truncated }
        return length
    }

    private mutating func advance(_ count: Int) throws(ThriftFailure) {
        guard count <= end - position else { throw .truncated }
        position += count
    }

    private mutating func byte() throws(ThriftFailure) -> UInt8 {
        guard position < end else { throw .truncated }
        position += 1
        return bytes[position - 1]
    }

    private mutating func zigzag() throws(ThriftFailure) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    private mutating func varint() throws(ThriftFailure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed("a number of more than ten bytes")
    }
}
