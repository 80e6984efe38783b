/// Writes structures in Thrift's compact protocol: a field is its id as a difference to the one before and its type, integers are
/// zigzag varints.
struct ThriftWriter {
    private(set) var bytes: ContiguousArray<UInt8> = []
    private var previousField: Int16 = 0

    mutating func int16(_ field: Int16, _ value: Int16) {
        header(field, .int16)
        zigzag(Int64(value))
    }

    mutating func int32(_ field: Int16, _ value: Int32) {
        header(field, .int32)
        zigzag(Int64(value))
    }

    mutating func int64(_ field: Int16, _ value: Int64) {
        header(field, .int64)
        zigzag(value)
    }

    mutating func byte(_ field: Int16, _ value: Int8) {
        header(field, .byte)
        bytes.append(UInt8(bitPattern: value))
    }

    mutating func boolean(_ field: Int16, _ value: Bool) {
        header(field, value ? .booleanTrue : .booleanFalse)
    }

    mutating func binary(_ field: Int16, _ value: some Collection<UInt8>) {
        header(field, .binary)
        element(value)
    }

    mutating func structure(_ field: Int16, _ body: (inout ThriftWriter) -> Void) {
        header(field, .structure)
        element(body)
    }

    mutating func list<Element>(
        _ field: Int16, of type: ThriftType, _ elements: [Element], _ body: (inout ThriftWriter, Element) -> Void
    ) {
        header(field, .list)
        if elements.count < 15 {
            bytes.append(UInt8(elements.count) << 4 | type.rawValue)
        } else {
            bytes.append(0xF0 | type.rawValue)
            varint(UInt64(elements.count))
        }
        for element in elements { body(&self, element) }
    }

    /// A list's element that is an integer.
    mutating func element(_ value: Int32) { zigzag(Int64(value)) }

    /// A list's element that is text or bytes.
    mutating func element(_ value: some Collection<UInt8>) {
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A structure: a list's element, or the outermost.
    mutating func element(_ body: (inout ThriftWriter) -> Void) {
        let outer = previousField
        previousField = 0
        body(&self)
        bytes.append(0)
        previousField = outer
    }

    private mutating func header(_ field: Int16, _ type: ThriftType) {
        precondition(field > previousField && field - previousField < 16, "fields are written in the order of their ids")
        bytes.append(UInt8(field - previousField) << 4 | type.rawValue)
        previousField = field
    }

    private mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    private mutating func varint(_ value: UInt64) { bytes.append(varint: value) }
}

extension ContiguousArray<UInt8> {
    /// Seven bits a byte, the lowest first; the top bit says that there are more.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
