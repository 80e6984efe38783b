package import FeatureDefs

/// What decides between two stored rows of one entity and view: the greater wins, equal ones are the same row.
package struct RowVersion: Hashable, Sendable, Comparable {
    /// The instant as of which the row was computed.
    package var cut: Timestamp
    /// The newest event in it; `-infinity` when there is none.
    package var event: Timestamp
    /// When that event could first be known; `-infinity` when there is none.
    package var available: Timestamp

    package init(cut: Timestamp, event: Timestamp, available: Timestamp) {
        self.cut = cut
        self.event = event
        self.available = available
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.cut, lhs.event, lhs.available) < (rhs.cut, rhs.event, rhs.available)
    }
}

/// The first bytes of every stored row, by which the scripts in Redis compare rows without knowing their cells.
///
/// ```
///  0  u32  layout id
///  4  i64  cut          microseconds, sign bit flipped, so that unsigned bytes sort as the numbers do
/// 12  i64  event
/// 20  i64  available
/// ```
///
/// All big-endian.
enum RowHeader {
    static let size = 28

    static func append(layout: UInt32, version: RowVersion, to buffer: inout [UInt8]) {
        withUnsafeBytes(of: layout.bigEndian) { buffer.append(contentsOf: $0) }
        append(version.cut, to: &buffer)
        append(version.event, to: &buffer)
        append(version.available, to: &buffer)
    }

    /// An instant as the header and the scripts have it.
    static func append(_ instant: Timestamp, to buffer: inout [UInt8]) {
        let ordered = UInt64(bitPattern: instant.microseconds) ^ (1 << 63)
        withUnsafeBytes(of: ordered.bigEndian) { buffer.append(contentsOf: $0) }
    }

    /// Both need `size` bytes.
    static func layout(of row: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(bigEndian: row.loadUnaligned(as: UInt32.self))
    }

    static func version(of row: UnsafeRawBufferPointer) -> RowVersion {
        RowVersion(cut: instant(in: row, at: 4), event: instant(in: row, at: 12), available: instant(in: row, at: 20))
    }

    private static func instant(in row: UnsafeRawBufferPointer, at offset: Int) -> Timestamp {
        let ordered = UInt64(bigEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        return Timestamp(microseconds: Int64(bitPattern: ordered ^ (1 << 63)))
    }
}
