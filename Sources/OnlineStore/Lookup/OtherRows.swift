import FeatureDefs

/// How the rows of another layout are read in a lookup: of the features that are asked for, those that mean the same.
struct OtherRows: Sendable {
    let row: PackedRowLayout
    let check: RowCheck
    /// One for each of the lookup's inputs; nil where it is of another view, or not in the row.
    let inputs: [StoredFeature?]
    /// Whether the row has all that is asked of its view.
    let isWhole: Bool

    /// `inputs` has for each of the lookup's inputs that are of the view the index of the feature.
    init(_ other: OtherLayout, of view: FeatureViewPlan, inputs: [Int?]) {
        row = other.row
        let places = inputs.map { $0.flatMap { other.features[$0] } }
        self.inputs = places.map { $0.map { StoredFeature($0, of: view, layout: other.row) } }
        check = RowCheck(ofCells: Set(places.compactMap { $0?.cells }.joined()), in: other.row)
        isWhole = zip(inputs, places).allSatisfy { $0 == nil || $1 != nil }
    }
}

/// What of a view's row must be looked at before it counts as readable.
struct RowCheck: Sendable {
    /// Every cell that is read.
    private let cells: [Int]
    /// Those of them whose type does not take every bit pattern.
    private let delicateCells: [Int]

    init(ofCells cells: Set<Int>, in layout: PackedRowLayout) {
        self.cells = cells.sorted()
        delicateCells = self.cells.filter { PackedRowLayout.isDelicate(layout.cellTypes[$0]) }
    }

    /// Why the row cannot be read; nil when it can.
    func fault(in row: UnsafeRawBufferPointer, layout: PackedRowLayout) -> PackedRowError? {
        if let fault = layout.fault(in: row) { return fault }
        for cell in layout.hasNulls(in: row) ? cells : delicateCells where !layout.isSound(cell, in: row) {
            return .corrupt(cell: cell)
        }
        return nil
    }
}
