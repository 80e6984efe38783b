import Evaluation
package import FeatureDefs

/// A list of features with all that reading and computing them takes, worked out once.
package struct PreparedLookup: Sendable {
    /// Where an output comes from.
    enum Output: Sendable {
        /// Index among the program's inputs.
        case stored(Int)
        /// The program's inputs that it reads, through other on-demand features as well.
        case onDemand(inputs: [Int])
    }

    package let selection: FeatureSelection
    /// One for each of the selection's joined views.
    let views: [OnlineReader.View]
    let program: OnDemandProgram
    /// For each view its features to read, which are the program's first inputs, view by view.
    let storedFeatures: [[StoredFeature]]
    /// One for each of the selection's features.
    let outputs: [Output]

    init(_ selection: FeatureSelection, layouts: [String: OnlineViewLayout]) throws(LookupError) {
        self.selection = selection
        var views: [OnlineReader.View] = []
        for joined in selection.joinedViews {
            let view = joined.view
            guard view.isServable else {
                throw .notServable(view: view.name, features: view.windowFeatures.map(\.name))
            }
            guard let layout = layouts[view.name] else { throw .notApplied(view: view.name) }
            views.append(OnlineReader.View(layout, keys: joined.keys))
        }
        self.views = views
        let program = OnDemandProgram(selection)
        self.program = program
        var storedFeatures = [[StoredFeature]](repeating: [], count: views.count)
        for input in program.inputs {
            guard case .feature(let reference) = input, let place = selection.place(of: reference) else { continue }
            storedFeatures[place.view].append(StoredFeature(place.feature, of: selection.joinedViews[place.view].view))
        }
        self.storedFeatures = storedFeatures
        let positions = Dictionary(program.inputs.enumerated().map { ($1, $0) }) { first, _ in first }
        let reads = Self.programInputs(selection, at: positions)
        outputs = program.outputs.map { feature in
            if let index = positions[.feature(feature)] { return .stored(index) }
            return .onDemand(inputs: reads[feature, default: []].sorted())
        }
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

    /// Refuses rows that lack a column or have a value of another type.
    func check(_ rows: LookupRows) throws(LookupError) {
        for view in selection.joinedViews {
            let missing = view.joinKeys.map(\.name).filter { rows.columns[$0] == nil }
            guard missing.isEmpty else { throw .missingJoinKeys(view: view.name, missing: missing) }
        }
        let missing = selection.requestInputs.map(\.name).filter { rows.columns[$0] == nil }
        guard missing.isEmpty else { throw .missingRequestInputs(missing) }
        for key in selection.joinKeys { try rows.check(key.name, is: key.type) }
        for input in selection.requestInputs { try rows.check(input.name, is: input.type) }
    }
}
