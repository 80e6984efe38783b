import Evaluation
package import FeatureDefs

/// A list of features with all that reading and computing them takes, worked out once. A class: requests share it, and hand it on.
package final class PreparedLookup: Sendable {
    /// Where an output comes from.
    enum Output: Sendable {
        /// Index among `inputs`.
        case stored(Int)
        /// Its place among the on-demand features.
        case onDemand(Int)
    }

    /// A stored feature that is read.
    struct StoredInput: Sendable {
        /// Index among the selection's joined views.
        let view: Int
        let feature: StoredFeature
    }

    package let selection: FeatureSelection
    /// One view for each of the selection's joined views.
    let reads: HashReads
    /// The selection's join keys, each with the place of its column among those that are read.
    private let columnKeys: [(column: Int, name: String, type: FeatureType)]
    let program: OnDemandProgram
    /// The program's first inputs.
    let inputs: [StoredInput]
    /// One for each of the joined views.
    let checks: [RowCheck]
    /// For each of the joined views: rows of other layouts that can be read, or in part.
    let others: [[OtherRows]]
    /// One for each of the selection's features.
    let outputs: [Output]
    /// For each of the joined views, its features that are asked for.
    let numberReads: [NumberReads]
    /// The others' places among `outputs` and among the on-demand features.
    let onDemandOutputs: [(output: Int, index: Int)]
    /// For each on-demand feature asked for: the program's inputs that it reads, through others of them as well.
    let onDemandInputs: [[Int]]
    /// One for each of `inputs`.
    let substitutes: [StoredFeature.Substitutes]
    let timelines: TimelinePlan

    init(_ selection: FeatureSelection, layouts: [String: OnlineViewLayout]) throws(LookupError) {
        self.selection = selection
        var views: [ReadView] = []
        for joined in selection.joinedViews {
            let view = joined.view
            guard view.isServable else {
                throw .notServable(view: view.name, features: view.windowFeatures.map(\.name))
            }
            guard let layout = layouts[view.name] else { throw .notApplied(view: view.name) }
            views.append(ReadView(layout, keys: joined.keys))
        }
        let reads = HashReads(of: views)
        self.reads = reads
        columnKeys = selection.joinKeys.compactMap { key in
            reads.columns.firstIndex(of: key.name).map { ($0, key.name, key.type) }
        }
        let program = OnDemandProgram(selection)
        self.program = program
        var inputs: [StoredInput] = []
        var places: [StoredFeaturePlace] = []
        var substitutes: [StoredFeature.Substitutes] = []
        /// For each joined view, for each input: the feature of the view that it is.
        var viewInputs = [[Int?]](repeating: [], count: views.count)
        let storedRows = views.map(\.layout.view.storedRow)
        var cellsRead = [Set<Int>](repeating: [], count: views.count)
        for input in program.inputs {
            guard case .feature(let reference) = input, let place = selection.place(of: reference) else { continue }
            let view = selection.joinedViews[place.view].view
            let cells = StoredFeaturePlace(place.feature, of: storedRows[place.view])
            let feature = StoredFeature(cells, of: view, layout: views[place.view].layout.rowLayout)
            inputs.append(StoredInput(view: place.view, feature: feature))
            substitutes.append(StoredFeature.Substitutes(view.features[place.feature]))
            cellsRead[place.view].formUnion(cells.cells)
            for index in views.indices { viewInputs[index].append(index == place.view ? place.feature : nil) }
            places.append(cells)
        }
        self.inputs = inputs
        self.substitutes = substitutes
        checks = zip(views, cellsRead).map { RowCheck(ofCells: $1, in: $0.layout.rowLayout) }
        others = zip(views, viewInputs).map { read, inputs in
            read.layout.others.map { OtherRows($0, of: read.layout.view, inputs: inputs) }
        }
        let positions = Dictionary(program.inputs.enumerated().map { ($1, $0) }) { first, _ in first }
        let used = Self.programInputs(selection, at: positions)
        var outputs: [Output] = []
        var onDemandInputs: [[Int]] = []
        var numberReads = views.map { NumberReads(of: $0.layout.view, layout: $0.layout.rowLayout) }
        var onDemandOutputs: [(output: Int, index: Int)] = []
        for feature in program.outputs {
            if let index = positions[.feature(feature)] {
                numberReads[inputs[index].view].append(places[index], output: outputs.count, input: index)
                outputs.append(.stored(index))
            } else {
                onDemandOutputs.append((outputs.count, onDemandInputs.count))
                outputs.append(.onDemand(onDemandInputs.count))
                onDemandInputs.append(used[feature, default: []].sorted())
            }
        }
        self.outputs = outputs
        self.onDemandInputs = onDemandInputs
        self.numberReads = numberReads
        self.onDemandOutputs = onDemandOutputs
        timelines = TimelinePlan(of: inputs)
    }

    /// The program inputs that each on-demand feature reads; inputs come before users.
    private static func programInputs(
        _ selection: FeatureSelection, at positions: [OnDemandInput: Int]
    ) -> [FeatureReference: Set<Int>] {
        var reads: [FeatureReference: Set<Int>] = [:]
        for feature in selection.onDemandFeatures {
            var inputs = Set<Int>()
            for input in feature.expression.inputs {
                if let index = positions[input] {
                    inputs.insert(index)
                } else if case .feature(let other) = input {
                    inputs.formUnion(reads[other, default: []])
                }
            }
            reads[feature.reference] = inputs
        }
        return reads
    }

    /// The values of the join key columns, in the order of the reads' columns. Refuses rows that lack a column or have a value of another
    /// type.
    func keys(of rows: LookupRows) throws(LookupError) -> [[FeatureValue]] {
        var keys: [[FeatureValue]] = []
        keys.reserveCapacity(reads.columns.count)
        for name in reads.columns {
            guard let values = rows.columns[name] else { throw missingKeys(of: rows) }
            keys.append(values)
        }
        if !selection.requestInputs.isEmpty {
            let missing = selection.requestInputs.map(\.name).filter { rows.columns[$0] == nil }
            guard missing.isEmpty else { throw .missingRequestInputs(missing) }
        }
        for key in columnKeys { try LookupRows.check(keys[key.column], of: key.name, is: key.type) }
        for input in selection.requestInputs {
            try LookupRows.check(rows.columns[input.name] ?? [], of: input.name, is: input.type)
        }
        return keys
    }

    private func missingKeys(of rows: LookupRows) -> LookupError {
        for view in selection.joinedViews {
            let missing = view.joinKeys.map(\.name).filter { rows.columns[$0] == nil }
            if !missing.isEmpty { return .missingJoinKeys(view: view.name, missing: missing) }
        }
        preconditionFailure("a join key that is read is of one of the joined views")
    }
}
