import AsOfJoin
import Columnar
import Evaluation

/// Rows of a spine joined with views: gives the views' features for any range of the rows.
struct SpineJoin: Sendable {
    private let times: PrimitiveColumn<Int64>
    private let views: [ViewJoin]
    private let results: [AsOfJoin.Result]

    /// Joins, on all processors.
    init(_ views: [ViewJoin], times: PrimitiveColumn<Int64>) async throws {
        self.views = views
        self.times = times
        results = try await Self.run(views)
        for (view, result) in zip(views, results) { try view.checkFailures(result, times: times) }
    }

    /// Ranges of keys at a time.
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

    /// Some features of a view.
    func columns(ofView index: Int, _ features: [Int], rows: Range<Int>) throws(FeatureFailure) -> [Column] {
        try views[index].columns(features, result: results[index], spineRows: rows, times: times)
    }
}
