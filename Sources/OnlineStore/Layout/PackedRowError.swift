package import FeatureDefs

/// Why bytes are not a row of the layout, or values not one that can be packed.
package enum PackedRowError: Error, Hashable, Sendable {
    /// The row was written by another layout: by an older or newer version of the view.
    case otherLayout(found: UInt32, expected: UInt32)
    /// The row was written by another version of asof.
    case otherFormat(found: UInt8)
    /// The row was written by another layout, which lacks some of the features asked for.
    case lacksFeatures(layout: UInt32)
    /// The entity's key in Redis holds something other than a hash.
    case notAHash
    /// Too short for what its layout says.
    case truncated(size: Int, needed: Int)
    /// Bytes after the last cell.
    case trailingBytes(size: Int, expected: Int)
    /// A cell's bytes that no writer of ours makes: text that is not UTF-8, a bool of 7, a NULL that is not zeros.
    case corrupt(cell: Int)
    /// Padding bits of the null bitmap are set.
    case corruptNullBitmap
    /// Encoding: a value that is not of its cell's type.
    case wrongType(cell: Int, expected: FeatureType, found: FeatureType?)
    /// Encoding: the cell that is in the header is neither NULL nor the event of the row's version.
    case notTheEvent(cell: Int)
    /// Encoding: not as many values as cells.
    case wrongCellCount(expected: Int, found: Int)
    /// Encoding: text and bytes of more than 4 GiB altogether.
    case tooLarge
}

extension PackedRowError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherLayout(let found, let expected): "the row has layout \(found), not \(expected)"
        case .otherFormat(let found): "the row has format \(found), of another version of asof"
        case .lacksFeatures(let layout): "the row has layout \(layout), of another definition, which has not all of the features"
        case .notAHash: "the entity's key in Redis holds no hash; `asof reconcile` mends it"
        case .truncated(let size, let needed): "the row has \(size) bytes, its layout needs \(needed)"
        case .trailingBytes(let size, let expected): "the row has \(size) bytes, its layout ends at \(expected)"
        case .corrupt(let cell): "cell \(cell) of the row is corrupt"
        case .corruptNullBitmap: "the row's null bitmap is corrupt"
        case .wrongType(let cell, let expected, let found):
            "cell \(cell) takes \(expected), not \(found?.description ?? "null")"
        case .notTheEvent(let cell): "cell \(cell) is not the event timestamp of the row"
        case .wrongCellCount(let expected, let found): "the row takes \(expected) cells, not \(found)"
        case .tooLarge: "the row's text and bytes are over 4 GiB"
        }
    }
}
