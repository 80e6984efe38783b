import Columnar
import Evaluation
import FeatureDefs

/// Puts a training set's rows together from the spine's columns and the stored features of the views.
struct TrainingRows: Sendable {
    private let selection: FeatureSelection
    private let onDemand: OnDemandProgram?
    private let names: [String]
    /// By joined view: the features to compute, those asked for and those that on-demand features read.
    let needed: [[Int]]

    /// - Parameter names: of all columns of the training set.
    init(_ selection: FeatureSelection, names: [String]) {
        self.selection = selection
        self.names = names
        let program = selection.onDemandFeatures.isEmpty ? nil : OnDemandProgram(selection)
        onDemand = program
        let read: Set<OnDemandInput> = Set(program?.inputs ?? selection.features.map { .feature($0.reference) })
        needed = selection.joinedViews.map { joined in
            let references = joined.references
            return references.indices.filter { read.contains(.feature(references[$0])) }
        }
    }

    /// - Parameters:
    ///   - spine: the rows.
    ///   - stored: by joined view, a column for each of its needed features.
    func table(_ spine: SpineRows, stored: [[Column]]) throws(FeatureFailure) -> ColumnTable {
        var columns: [FeatureReference: Column] = [:]
        for (index, joined) in selection.joinedViews.enumerated() {
            let references = joined.references
            for (feature, column) in zip(needed[index], stored[index]) { columns[references[feature]] = column }
        }
        if let onDemand { try compute(onDemand, spine, into: &columns) }
        let features = selection.features.map { feature in
            guard let column = columns[feature.reference] else { preconditionFailure("a selection is closed under its inputs") }
            return column
        }
        return ColumnTable(names: names, columns: spine.columns + features, rowCount: spine.rowCount)
    }

    /// Evaluates the on-demand features row by row. Any failure fails the training set.
    private func compute(
        _ program: OnDemandProgram, _ spine: SpineRows, into columns: inout [FeatureReference: Column]
    ) throws(FeatureFailure) {
        let inputs = program.inputs.map { input -> (column: Column, type: FeatureType) in
            switch input {
            case .feature(let reference):
                guard let column = columns[reference], let place = selection.place(of: reference) else {
                    preconditionFailure("a selection is closed under its inputs")
                }
                return (column, selection.joinedViews[place.view].view.features[place.feature].type)
            case .request(let name):
                guard let index = selection.requestInputs.firstIndex(where: { $0.name == name }) else {
                    preconditionFailure("a selection lists its request inputs")
                }
                return (spine.requestInputs[index], selection.requestInputs[index].type)
            }
        }
        let computed = Set(selection.onDemandFeatures.map(\.reference))
        var builders = selection.types.map { FeatureColumnBuilder($0) }
        var values: [FeatureValue] = []
        for row in 0..<spine.rowCount {
            values.removeAll(keepingCapacity: true)
            for input in inputs { values.append(input.column.featureValue(at: row, as: input.type)) }
            for (index, result) in program.evaluate(values).enumerated()
            where computed.contains(selection.features[index].reference) {
                switch result {
                case .success(let value): builders[index].append(value)
                case .failure(let error):
                    throw FeatureFailure(feature: selection.features[index].reference.description, error: error)
                }
            }
        }
        for (index, feature) in selection.features.enumerated() where computed.contains(feature.reference) {
            columns[feature.reference] = builders[index].column
        }
    }
}

extension SpineRows {
    /// What a training set has of a range's rows: without their times and keys, by which they have been joined.
    func joined(_ range: Range<Int>) -> SpineRows {
        SpineRows(
            columns: columns.map { $0[range] }, times: PrimitiveColumn(), keys: [],
            requestInputs: requestInputs.map { $0[range] }, rowCount: range.count)
    }
}
