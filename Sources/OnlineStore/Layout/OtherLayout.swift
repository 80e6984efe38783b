import FeatureDefs

/// Rows of a view that it does not write now, and what of them means the same under the view's definition.
struct OtherLayout: Sendable {
    let row: PackedRowLayout
    /// For each of the view's features, where it is; nil: not there.
    let features: [StoredFeaturePlace?]

    /// The rows of another definition.
    init(layout: UInt32, of other: StoredRowMeaning, asSeenBy view: StoredRowMeaning) {
        row = PackedRowLayout(id: layout, of: other)
        features = view.features.map { feature in
            other.features.firstIndex { $0.name == feature.name && $0.meaning == feature.meaning && $0.type == feature.type }
                .map { StoredFeaturePlace($0, of: other) }
        }
    }

    /// The same rows in another format.
    func inFormat(_ format: RowFormat) -> OtherLayout { OtherLayout(row: row.inFormat(format), features: features) }

    private init(row: PackedRowLayout, features: [StoredFeaturePlace?]) {
        self.row = row
        self.features = features
    }
}

/// The cells of a row that a feature is read from.
struct StoredFeaturePlace: Hashable, Sendable {
    let cell: Int
    /// nil for window features.
    let eventCell: Int?

    /// `index` is the feature's.
    init(_ index: Int, of row: StoredRowMeaning) {
        cell = index
        eventCell = row.features[index].group.map { row.eventCell(ofGroup: $0) }
    }

    var cells: [Int] { [cell] + (eventCell.map { [$0] } ?? []) }
}

extension PackedRowLayout {
    /// A single event timestamp is always that of the row's version.
    convenience init(id: UInt32, of row: StoredRowMeaning) {
        self.init(id: id, cellTypes: row.cellTypes, headerCell: row.groupCount == 1 ? row.eventCell(ofGroup: 0) : nil)
    }
}
