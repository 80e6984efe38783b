import AsOfJoin
import Columnar
import FeatureDefs
import Foundation

/// The views of one read, joined with a spine's rows that are in memory.
struct ReadJoin: Sendable {
    /// By the view's index in the selection.
    let views: [(index: Int, join: ViewJoin)]

    private static let rowsWorthSplitting = 1 << 16

    /// - Parameter points: by view, as `points(of:order:)` makes them.
    init(_ content: SourceContent, _ request: TrainingRequest, keyCount: Int, points: [SpinePoints]) async {
        let availability = Availability(content, knowledge: request.knowledge, asOf: request.asOf)
        let runs = await Self.runs(content, availability, keyCount: keyCount)
        views = zip(content.read.views, points).map { view, points in
            let ties = view.plan.features.contains { $0.computation.needsTieBreak } ? view.plan.tieBreakColumns : []
            let rows = TimedRows(
                runs,
                event: content.events,
                available: availability.available,
                ties: ties.map { CellOrder(content.values[content.read.place(of: $0)]) }
            )
            return (view.index, ViewJoin(view.plan, content: content, rows: rows, points: points))
        }
    }

    /// The rows by key, on all processors.
    private static func runs(_ content: SourceContent, _ availability: Availability, keyCount: Int) async -> [KeyRuns] {
        let count = content.rowCount < rowsWorthSplitting ? 1 : ProcessInfo.processInfo.activeProcessorCount
        return await withTaskGroup(of: (Int, KeyRuns).self) { group in
            for (index, rows) in shares(content.parts.flatMap { $0 }, count: count).enumerated() {
                group.addTask {
                    (index, KeyRuns(rows, keys: availability.keys, keyCount: keyCount))
                }
            }
            var runs: [(Int, KeyRuns)] = []
            for await part in group { runs.append(part) }
            return runs.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Ranges cut into so many lists of about as many rows, in their order.
    private static func shares(_ ranges: [Range<Int>], count: Int) -> [[Range<Int>]] {
        let total = ranges.reduce(0) { $0 + $1.count }
        var shares: [[Range<Int>]] = Array(repeating: [], count: count)
        var done = 0
        for range in ranges {
            for share in 0..<count {
                let part = range.clamped(
                    to: range.lowerBound + share * total / count - done..<range.lowerBound + (share + 1) * total / count - done)
                if !part.isEmpty { shares[share].append(part) }
            }
            done += range.count
        }
        return shares
    }

    /// Where a spine's rows see the views of a read.
    static func points(of read: SourceRead, _ request: TrainingRequest, order: SpineOrder) -> [SpinePoints] {
        read.views.map { SpinePoints(order, cut: cut(of: $0.plan, request.knowledge)) }
    }

    /// nil where the cut is the spine row's time.
    private static func cut(of view: FeatureViewPlan, _ knowledge: KnowledgeMode) -> ((Int64) -> Int64)? {
        guard knowledge == .asServed, let schedule = view.schedule else { return nil }
        return { schedule.cut(at: Timestamp(microseconds: $0)).microseconds }
    }
}
