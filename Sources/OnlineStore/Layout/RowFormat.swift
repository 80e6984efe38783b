/// How the bytes of a row follow from its cells: the first byte of every row.
///
/// Rows of format 0 had no run in their header. They are overwritten, and never read.
enum RowFormat: UInt8, CaseIterable, Sendable {
    /// Every event timestamp is a cell. Read, and no longer written.
    case withAllEventCells = 1
    /// The only event timestamp of a row is that of its header; its cell is a bit in the null bitmap, and no more.
    case withEventInHeader = 2

    static let written = Self.withEventInHeader

    /// The first word of a row.
    func word(ofLayout layout: UInt32) -> UInt32 { layout | UInt32(rawValue) << 24 }

    /// The layout that a first word names, whatever its format.
    static func layout(ofWord word: UInt32) -> UInt32 { word & 0xFF_FFFF }
    static func number(ofWord word: UInt32) -> UInt8 { UInt8(word >> 24) }
}
