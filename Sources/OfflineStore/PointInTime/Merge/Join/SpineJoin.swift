import AsOfJoin
import Columnar
import Evaluation
import FeatureDefs

/// A spine joined with all the views of a selection, in memory: gives the training set's columns for any range of spine rows.
struct SpineJoin: Sendable {
    private let selection: FeatureSelection
    private let spine: SpineRows
    private let views: [ViewJoin]
    private let results: [AsOfJoin.Result]
    private let onDemand: OnDemandProgram?
    /// By view: the features to compute.
    private let needed: [[Int]]
    private let names: [String]

    /// - Parameter names: of all columns of the training set.
    init(
        _ selection: FeatureSelection, spine: SpineRows, views: [ViewJoin], names: [String]
    ) async throws {
        self.selection = selection
        self.spine = spine
        self.views = views
        self.names = names
        let program = selection.onDemandFeatures.isEmpty ? nil : OnDemandProgram(selection)
        onDemand = program
        let read: Set<OnDemandInput> = Set(program?.inputs ?? selection.features.map { .feature($0.reference) })
        needed = selection.joinedViews.map { joined in
            let references = joined.references
            return references.indices.filter { read.contains(.feature(references[$0])) }
        }
        results = try await Self.run(views)
        for (view, result) in zip(views, results) { try view.checkFailures(result, times: spine.times) }
    }

    /// Joins all views, ranges of keys at a time, on all processors.
    private static func run(_ views: [ViewJoin]) async throws -> [AsOfJoin.Result] {
        typealias Part = (view: Int, range: Int, result: AsOfJoin.Result)
        let parts = try await withThrowingTaskGroup(of: Part.self) { group in
            for (index, view) in views.enumerated() {
                for (range, keys) in view.join.keyRanges(count: 8).enumerated() {
                    group.addTask { (index, range, try view.join.run(keys: keys)) }
                }
            }
            var parts: [Part] = []
            for try await part in group { parts.append(part) }
            return parts
        }
        return views.indices.map { index in
            let own = parts.filter { $0.view == index }.sorted { $0.range < $1.range }
            return AsOfJoin.joined(own.map(\.result), for: views[index].join)
        }
    }

    /// The training set's rows for a range of the spine's.
    func batch(_ rows: Range<Int>) throws -> ColumnTable {
        var stored: [FeatureReference: Column] = [:]
        for (index, join) in views.enumerated() {
            let columns = try join.columns(needed[index], result: results[index], spineRows: rows, times: spine.times)
            let references = selection.joinedViews[index].references
            for (feature, column) in zip(needed[index], columns) { stored[references[feature]] = column }
        }
        if let onDemand { try compute(onDemand, rows, into: &stored) }
        var columns = spine.columns.map { $0[rows] }
        for feature in selection.features {
            guard let column = stored[feature.reference] else { preconditionFailure("a selection is closed under its inputs") }
            columns.append(column)
        }
        return ColumnTable(names: names, columns: columns, rowCount: rows.count)
    }

    /// Evaluates the on-demand features row by row. Any failure fails the training set.
    private func compute(
        _ program: OnDemandProgram, _ rows: Range<Int>, into stored: inout [FeatureReference: Column]
    ) throws(EvaluationError) {
        var inputs: [(column: Column, type: FeatureType, start: Int)] = []
        for input in program.inputs {
            switch input {
            case .feature(let reference):
                guard let column = stored[reference], let place = selection.place(of: reference) else {
                    preconditionFailure("a selection is closed under its inputs")
                }
                let type = selection.joinedViews[place.view].view.features[place.feature].type
                inputs.append((column, type, 0))
            case .request(let name):
                guard let index = selection.requestInputs.firstIndex(where: { $0.name == name }) else {
                    preconditionFailure("a selection lists its request inputs")
                }
                inputs.append((spine.requestInputs[index], selection.requestInputs[index].type, rows.lowerBound))
            }
        }
        let computed = Set(selection.onDemandFeatures.map(\.reference))
        var builders = selection.types.map { FeatureColumnBuilder($0) }
        var values: [FeatureValue] = []
        for row in 0..<rows.count {
            values.removeAll(keepingCapacity: true)
            for input in inputs { values.append(input.column.featureValue(at: input.start + row, as: input.type)) }
            for (index, result) in program.evaluate(values).enumerated()
            where computed.contains(selection.features[index].reference) {
                builders[index].append(try result.get())
            }
        }
        for (index, feature) in selection.features.enumerated() where computed.contains(feature.reference) {
            stored[feature.reference] = builders[index].column
        }
    }
}
