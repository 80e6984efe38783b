import AsOfJoin
import PostgresClient

/// Finds the number of a key in the first fields of a row of a binary COPY.
struct KeyMatcher: Sendable {
    enum Form: Hashable, Sendable {
        /// One int8, or one timestamptz.
        case word(isInstant: Bool)
        /// The bytes of one field.
        case payload
        /// So many fields, lengths and all.
        case fields(Int)

        /// How a key is decoded where it is kept instead of found.
        var wire: WireForm {
            switch self {
            case .word(let isInstant): isInstant ? .timestamp : .int64
            case .payload: .bytes
            case .fields(let count): .composite(count)
            }
        }
    }

    let form: Form
    let dictionary: KeyDictionary

    var fieldCount: Int {
        switch form {
        case .word, .payload: 1
        case .fields(let count): count
        }
    }

    /// Whether keys are numbers of 64 bits.
    var isOfWords: Bool { if case .word = form { true } else { false } }

    /// A key of 64 bits; nil for NULL.
    @inline(__always)
    func word(_ cursor: inout FieldCursor) throws(PostgresError) -> UInt64? {
        let length = try cursor.nextInt32()
        if length < 0 { return nil }
        guard length == 8 else { throw .malformedCopy("a key has \(length) bytes where its type has 8") }
        let field = try cursor.skip(8)
        if case .word(isInstant: true) = form { return UInt64(bitPattern: try CellBuffer.instant(field)) }
        return UInt64(bigEndian: field.loadUnaligned(as: UInt64.self))
    }

    /// Keys of 64 bits, none of them NULL, from rows that are equally long.
    func copyWords(
        _ first: UnsafeRawPointer, rowBytes: Int, to words: UnsafeMutableBufferPointer<UInt64>
    ) throws(PostgresError) {
        guard let base = words.baseAddress else { return }
        guard case .word(isInstant: true) = form else {
            return CellBuffer.copy(eightBytes: first, rows: words.count, rowBytes: rowBytes, to: UnsafeMutableRawPointer(base))
        }
        for row in 0..<words.count { words[row] = UInt64(bitPattern: try CellBuffer.instant(first + row * rowBytes)) }
    }

    /// The key's number; -1 when the dictionary does not have it, or a field is NULL.
    @inline(__always)
    func number(_ cursor: inout FieldCursor) throws(PostgresError) -> Int32 {
        switch form {
        case .word:
            guard let word = try word(&cursor) else { return -1 }
            return dictionary.number(ofWord: word)
        case .payload:
            let length = try cursor.nextInt32()
            if length < 0 { return -1 }
            return dictionary.number(ofBytes: UnsafeRawBufferPointer(start: try cursor.skip(length), count: length))
        case .fields(let count):
            let start = cursor.position
            var isNull = false
            for _ in 0..<count {
                let length = try cursor.nextInt32()
                if length < 0 { isNull = true } else { _ = try cursor.skip(length) }
            }
            if isNull { return -1 }
            return dictionary.number(ofBytes: UnsafeRawBufferPointer(start: start, count: cursor.position - start))
        }
    }
}
