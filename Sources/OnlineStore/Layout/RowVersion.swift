package import FeatureDefs

/// What decides between two stored rows of one entity and view: the greater wins, equal ones are the same row.
package struct RowVersion: Hashable, Sendable, Comparable {
    /// The instant as of which the row was computed.
    package var cut: Timestamp
    /// The number of the run that computed it: of two runs of one cut, the later one knew more. 0 for what no run wrote.
    package var run: UInt32
    /// The newest event in it; `-infinity` when there is none.
    package var event: Timestamp
    /// When that event could first be known; `-infinity` when there is none.
    package var available: Timestamp

    package init(cut: Timestamp, run: UInt32, event: Timestamp, available: Timestamp) {
        self.cut = cut
        self.run = run
        self.event = event
        self.available = available
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.cut, lhs.run, lhs.event, lhs.available) < (rhs.cut, rhs.run, rhs.event, rhs.available)
    }
}

/// The first bytes of every stored row, by which the scripts in Redis compare rows without knowing their cells.
///
/// ```
///  0  u8   format of the row, see RowFormat
///  1  u24  layout id
///  4  i64  cut          microseconds, sign bit flipped, so that unsigned bytes sort as the numbers do
/// 12  u32  run
/// 16  i64  event
/// 24  i64  available
/// ```
///
/// All big-endian.
enum RowHeader {
    static let size = 32
    static let eventOffset = 16

    /// Writes the header of the row that begins at `offset`.
    static func store(word: UInt32, version: RowVersion, in bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt32.self)
        bytes.storeBytes(of: ordered(version.cut), toByteOffset: offset + 4, as: UInt64.self)
        bytes.storeBytes(of: version.run.bigEndian, toByteOffset: offset + 12, as: UInt32.self)
        bytes.storeBytes(of: ordered(version.event), toByteOffset: offset + eventOffset, as: UInt64.self)
        bytes.storeBytes(of: ordered(version.available), toByteOffset: offset + 24, as: UInt64.self)
    }

    /// (cut, run) as in the header, for the scripts to compare with.
    static func limit(cut: Timestamp, run: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        append(cut, to: &bytes)
        withUnsafeBytes(of: run.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// An instant as the header has it, for the scripts to compare with.
    static func bytes(of instant: Timestamp) -> [UInt8] {
        var bytes: [UInt8] = []
        append(instant, to: &bytes)
        return bytes
    }

    /// An instant as the header and the scripts have it.
    static func append(_ instant: Timestamp, to buffer: inout [UInt8]) {
        withUnsafeBytes(of: ordered(instant)) { buffer.append(contentsOf: $0) }
    }

    private static func ordered(_ instant: Timestamp) -> UInt64 {
        (UInt64(bitPattern: instant.microseconds) ^ (1 << 63)).bigEndian
    }

    /// The first word of a row of at least `size` bytes: format and layout.
    static func word(of row: UnsafeRawBufferPointer) -> UInt32 { UInt32(bigEndian: row.loadUnaligned(as: UInt32.self)) }

    /// Of a row of at least `size` bytes.
    static func version(of row: UnsafeRawBufferPointer) -> RowVersion {
        RowVersion(
            cut: instant(in: row, at: 4),
            run: UInt32(bigEndian: row.loadUnaligned(fromByteOffset: 12, as: UInt32.self)),
            event: event(of: row),
            available: instant(in: row, at: 24)
        )
    }

    static func cut(of row: UnsafeRawBufferPointer) -> Timestamp { instant(in: row, at: 4) }

    static func event(of row: UnsafeRawBufferPointer) -> Timestamp { instant(in: row, at: eventOffset) }

    private static func instant(in row: UnsafeRawBufferPointer, at offset: Int) -> Timestamp {
        let ordered = UInt64(bigEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        return Timestamp(microseconds: Int64(bitPattern: ordered ^ (1 << 63)))
    }
}
