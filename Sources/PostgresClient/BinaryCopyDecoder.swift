package import Foundation

/// Reads the messages of a binary COPY out.
///
/// ```swift
/// var decoder = BinaryCopyDecoder()
/// try await connection.copyOut("COPY (SELECT id, at FROM t) TO STDOUT (FORMAT binary)") { message in
///     try decoder.decode(message) { row in
///         let id = try row.nextInt64()
///         let at = try row.nextTimestampMicroseconds()
///     }
/// }
/// try decoder.finish()
/// ```
package struct BinaryCopyDecoder: Sendable {
    enum Stage {
        case header, rows, finished
    }

    var stage = Stage.header

    package init() {}

    /// Calls `body` for each row in one message, or in several end to end. Postgres never splits a row over messages.
    package mutating func decode(
        _ messages: UnsafeRawBufferPointer, row body: (inout BinaryCopyRow) throws -> Void
    ) throws {
        var reader = BigEndianReader(messages)
        if stage == .header {
            try readHeader(&reader)
            stage = .rows
        }
        while !reader.isAtEnd {
            guard stage == .rows else { throw PostgresError.malformedCopy("bytes follow the trailer") }
            let fieldCount = try reader.readInteger(Int16.self)
            if fieldCount == BinaryCopyFormat.trailer {
                stage = .finished
                continue
            }
            guard fieldCount >= 0 else { throw PostgresError.malformedCopy("a row has \(fieldCount) fields") }
            var row = BinaryCopyRow(reader: reader, fieldCount: Int(fieldCount))
            try body(&row)
            reader = try row.readerAtEnd()
        }
    }

    /// Checks that the stream came to its end.
    package func finish() throws(PostgresError) {
        guard stage == .finished else { throw .malformedCopy("it ends without a trailer") }
    }

    func readHeader(_ reader: inout BigEndianReader) throws(PostgresError) {
        let signature = try reader.readBytes(BinaryCopyFormat.signature.count)
        guard signature.elementsEqual(BinaryCopyFormat.signature) else {
            throw .malformedCopy("it does not start with the signature")
        }
        // Bits 16 and up are for what a reader must understand; Postgres has set none of them since version 12.
        let flags = try reader.readInteger(UInt32.self)
        guard flags < 1 << 16 else { throw .malformedCopy("its header has flags \(flags)") }
        _ = try reader.readBytes(Int(reader.readInteger(UInt32.self)))
    }
}

/// The fields of one row of a binary COPY out, read from first to last. Fields left unread are skipped.
///
/// Each typed read throws if the field's length is not that of the type, and gives nil for NULL.
package struct BinaryCopyRow: ~Copyable {
    package let fieldCount: Int
    private var reader: BigEndianReader
    private var fieldsLeft: Int

    init(reader: BigEndianReader, fieldCount: Int) {
        self.reader = reader
        self.fieldCount = fieldCount
        fieldsLeft = fieldCount
    }

    /// The next field's bytes, valid until the row's closure returns; nil for NULL.
    package mutating func nextField() throws(PostgresError) -> UnsafeRawBufferPointer? {
        guard fieldsLeft > 0 else { throw .malformedCopy("a row has only \(fieldCount) fields") }
        fieldsLeft -= 1
        let length = try reader.readInteger(Int32.self)
        if length == BinaryCopyFormat.null { return nil }
        guard length >= 0 else { throw .malformedCopy("a field has length \(length)") }
        return try reader.readBytes(Int(length))
    }

    package mutating func skip() throws(PostgresError) {
        _ = try nextField()
    }

    /// bigint
    package mutating func nextInt64() throws(PostgresError) -> Int64? {
        try nextInteger(Int64.self)
    }

    /// integer
    package mutating func nextInt32() throws(PostgresError) -> Int32? {
        try nextInteger(Int32.self)
    }

    /// smallint
    package mutating func nextInt16() throws(PostgresError) -> Int16? {
        try nextInteger(Int16.self)
    }

    /// double precision
    package mutating func nextFloat64() throws(PostgresError) -> Double? {
        try nextInteger(UInt64.self).map { Double(bitPattern: $0) }
    }

    /// real
    package mutating func nextFloat32() throws(PostgresError) -> Float? {
        try nextInteger(UInt32.self).map { Float(bitPattern: $0) }
    }

    package mutating func nextBool() throws(PostgresError) -> Bool? {
        try nextInteger(UInt8.self).map { $0 != 0 }
    }

    /// text, varchar, json
    package mutating func nextText() throws(PostgresError) -> String? {
        guard let bytes = try nextField() else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// bytea
    package mutating func nextBytes() throws(PostgresError) -> [UInt8]? {
        try nextField().map { Array($0) }
    }

    /// timestamptz, as microseconds since 1970; `Int64.min` and `Int64.max` are -infinity and infinity.
    package mutating func nextTimestampMicroseconds() throws(PostgresError) -> Int64? {
        guard let value = try nextInteger(Int64.self) else { return nil }
        guard let microseconds = PostgresEpoch.toUnix(microseconds: value) else {
            throw PostgresError(.protocolMismatch, "a timestamp is after the year 294246")
        }
        return microseconds
    }

    /// Reads fields that are bigint or double precision, as words in little-endian order, to `words`. Of one that is NULL the word stays
    /// as it is, and its bit is set in `nulls`: the first field's is bit `firstBit % 8` of byte `firstBit / 8`.
    package mutating func nextWords(
        _ count: Int, to words: UnsafeMutableRawPointer, nulls: UnsafeMutableRawPointer, firstBit: Int
    ) throws(PostgresError) {
        for index in 0..<count {
            if let word = try nextInteger(UInt64.self) {
                words.storeBytes(of: word.littleEndian, toByteOffset: 8 * index, as: UInt64.self)
            } else {
                let bit = firstBit + index
                let byte = nulls.load(fromByteOffset: bit / 8, as: UInt8.self)
                nulls.storeBytes(of: byte | 1 << (bit % 8), toByteOffset: bit / 8, as: UInt8.self)
            }
        }
    }

    package mutating func nextUUID() throws(PostgresError) -> UUID? {
        guard let bytes = try nextField() else { return nil }
        guard bytes.count == MemoryLayout<uuid_t>.size else { throw .wrongLength(bytes.count, expected: 16) }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }

    /// The elements of the next field, an array of at most one dimension, as the fields of a row of their own: Postgres frames
    /// both alike. nil for NULL.
    package mutating func nextArray(of type: PostgresTypeID) throws(PostgresError) -> BinaryCopyRow? {
        guard let bytes = try nextField() else { return nil }
        var reader = BigEndianReader(bytes)
        let dimensions = try reader.readInteger(Int32.self)
        _ = try reader.readInteger(Int32.self)
        let element = try reader.readInteger(UInt32.self)
        guard element == type.oid else { throw .malformedCopy("an array is of type \(element) where \(type.oid) is expected") }
        guard dimensions <= 1 else { throw PostgresError(.protocolMismatch, "an array has \(dimensions) dimensions, not one") }
        guard dimensions == 1 else { return BinaryCopyRow(reader: reader, fieldCount: 0) }
        let count = try reader.readInteger(Int32.self)
        _ = try reader.readInteger(Int32.self)
        guard count >= 0 else { throw .malformedCopy("an array has \(count) elements") }
        return BinaryCopyRow(reader: reader, fieldCount: Int(count))
    }

    private mutating func nextInteger<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type
    ) throws(PostgresError) -> Value? {
        guard let bytes = try nextField() else { return nil }
        let size = MemoryLayout<Value>.size
        guard bytes.count == size else { throw .wrongLength(bytes.count, expected: size) }
        return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
    }

    consuming func readerAtEnd() throws(PostgresError) -> BigEndianReader {
        while fieldsLeft > 0 { try skip() }
        return reader
    }
}

extension PostgresError {
    package static func malformedCopy(_ reason: String) -> PostgresError {
        PostgresError(.protocolMismatch, "the binary COPY stream is malformed: \(reason)")
    }

    fileprivate static func wrongLength(_ length: Int, expected: Int) -> PostgresError {
        .malformedCopy("a field has \(length) bytes where its type has \(expected)")
    }
}
