package import struct Foundation.UUID

/// Builds the bytes of a binary COPY in, row by row. `PostgresConnection.copyInBinary` has one and sends what it builds.
///
/// A value must have the binary form of its column's type: the server does not convert.
package struct BinaryCopyEncoder: Sendable {
    /// What has been encoded and not been taken away yet.
    package private(set) var bytes: [UInt8]
    /// Fields that the row begun last still lacks.
    private var fieldsLeft = 0

    /// An encoder that starts with the header.
    package init() {
        bytes = []
        bytes.reserveCapacity(CopyInWriter.chunkBytes + 4096)
        bytes += BinaryCopyFormat.header
    }

    /// Starts a row; `fieldCount` appends must follow.
    package mutating func beginRow(fieldCount: Int) {
        precondition(fieldsLeft == 0, "the row before has fewer fields than it was begun with")
        fieldsLeft = fieldCount
        appendBigEndian(Int16(clamping: fieldCount))
    }

    /// Adds the trailer.
    package mutating func finish() {
        precondition(fieldsLeft == 0, "the last row has fewer fields than it was begun with")
        appendBigEndian(BinaryCopyFormat.trailer)
    }

    package mutating func removeBytes() {
        bytes.removeAll(keepingCapacity: true)
    }

    package mutating func appendNull() {
        beginField(length: BinaryCopyFormat.null)
    }

    /// bigint
    package mutating func append(_ value: Int64) {
        appendField(value)
    }

    /// integer
    package mutating func append(_ value: Int32) {
        appendField(value)
    }

    /// smallint
    package mutating func append(_ value: Int16) {
        appendField(value)
    }

    /// double precision; every NaN is the same to Postgres
    package mutating func append(_ value: Double) {
        appendField(value.bitPattern)
    }

    /// real
    package mutating func append(_ value: Float) {
        appendField(value.bitPattern)
    }

    package mutating func append(_ value: Bool) {
        beginField(length: 1)
        bytes.append(value ? 1 : 0)
    }

    /// text, varchar, json; the server refuses a NUL character.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { appendField(UnsafeRawBufferPointer($0)) }
    }

    /// bytea, or UTF-8 for a text column
    package mutating func append(_ value: [UInt8]) {
        value.withUnsafeBytes { appendField($0) }
    }

    /// bytea, or UTF-8 for a text column
    package mutating func append(_ value: UnsafeRawBufferPointer) {
        appendField(value)
    }

    /// timestamptz, from microseconds since 1970; `Int64.min` and `Int64.max` are -infinity and infinity.
    package mutating func append(timestampMicroseconds microseconds: Int64) {
        appendField(PostgresEpoch.fromUnix(microseconds: microseconds))
    }

    package mutating func append(_ value: UUID) {
        withUnsafeBytes(of: value.uuid) { appendField($0) }
    }

    /// A one-dimensional array; `elements` must append `count` values of the element type.
    ///
    /// Source: Postgres 15, `array_send` in src/backend/utils/adt/arrayfuncs.c: dimensions, a flag for NULLs, the element
    /// type, then for each dimension its length and lower bound, then each element as a field.
    package mutating func appendArray(
        of type: PostgresTypeID, count: Int, hasNull: Bool, _ elements: (inout BinaryCopyEncoder) -> Void
    ) {
        beginField(length: 0)
        let start = bytes.count
        appendBigEndian(Int32(count == 0 ? 0 : 1))
        appendBigEndian(Int32(hasNull ? 1 : 0))
        appendBigEndian(type.oid)
        if count > 0 {
            appendBigEndian(Int32(clamping: count))
            appendBigEndian(Int32(1))
        }
        let fieldsLeftInRow = fieldsLeft
        fieldsLeft = count
        elements(&self)
        precondition(fieldsLeft == 0, "an array has fewer elements than it was begun with")
        fieldsLeft = fieldsLeftInRow
        // Postgres takes at most 1 GB in a field: what would not fit the length is refused by the server.
        let length = Int32(clamping: bytes.count - start)
        withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(start - 4..<start, with: $0) }
    }

    private mutating func appendField(_ value: some FixedWidthInteger) {
        beginField(length: Int32(value.bitWidth / 8))
        appendBigEndian(value)
    }

    private mutating func appendField(_ value: UnsafeRawBufferPointer) {
        // Postgres takes at most 1 GB in a field: what would not fit the length is refused by the server.
        beginField(length: Int32(clamping: value.count))
        bytes.append(contentsOf: value)
    }

    private mutating func beginField(length: Int32) {
        precondition(fieldsLeft > 0, "the row has more fields than it was begun with")
        fieldsLeft -= 1
        appendBigEndian(length)
    }

    private mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
