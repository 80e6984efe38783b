/// JSON text, appended to one buffer. The caller gives it structure; the writer spells the parts.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Where instants have been written already, by their microseconds.
    var instants: [Int64: Range<Int>] = [:]
    /// Lists that Feast's client cannot read, empty ones and those with NULL elements, are written as null.
    var writesOnlyFeastLists = false

    init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Text that is JSON already: brackets, commas, names known to need no escape.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// What was written before, once more.
    mutating func copy(_ range: Range<Int>) {
        // Byte by byte: a slice of the buffer would have it copied whole before it can grow.
        for index in range { bytes.append(bytes[index]) }
    }

    /// Digits and the like, which need no escape.
    mutating func raw(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ text: [UInt8]) {
        bytes.append(contentsOf: text)
    }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case 0x0A: raw("\\n")
            case 0x0D: raw("\\r")
            case 0x09: raw("\\t")
            case 0..<0x20:
                raw("\\u00")
                raw(byte < 0x10 ? "0" : "1")
                raw(String(byte & 0xF, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// `[a,b]`
    mutating func list<Elements: Sequence>(_ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void) {
        raw("[")
        separated(elements, write)
        raw("]")
    }

    /// `a,b`
    mutating func separated<Elements: Sequence>(_ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void) {
        var isFirst = true
        for element in elements {
            if !isFirst { raw(",") }
            isFirst = false
            write(&self, element)
        }
    }
}

/// What spells numbers out writes here at once.
extension JSONWriter: TextOutputStream {
    mutating func write(_ text: String) { raw(text) }

    /// By this the standard library hands digits over without making a string of them, which would have to be allocated.
    mutating func _writeASCII(_ text: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: text) }
}
