import AsOfJoin
import Columnar
import FeatureDefs

/// The views of one read, joined with a spine's rows that are in memory.
struct ReadJoin: Sendable {
    /// By the view's index in the selection.
    let views: [(index: Int, join: ViewJoin)]

    init(_ content: SourceContent, _ request: TrainingRequest, keyCount: Int, order: SpineOrder) {
        let availability = Availability(content, knowledge: request.knowledge, asOf: request.asOf)
        views = content.read.views.map { view in
            let ties = view.plan.features.contains { $0.computation.needsTieBreak } ? view.plan.tieBreakColumns : []
            let rows = TimedRows(
                keys: availability.keys,
                keyCount: keyCount,
                event: content.events,
                available: availability.available,
                ties: ties.map { CellOrder(content.values[content.read.place(of: $0)]) }
            )
            let points = SpinePoints(order, cut: Self.cut(of: view.plan, request.knowledge))
            return (view.index, ViewJoin(view.plan, content: content, rows: rows, points: points))
        }
    }

    /// nil where the cut is the spine row's time.
    private static func cut(of view: FeatureViewPlan, _ knowledge: KnowledgeMode) -> ((Int64) -> Int64)? {
        guard knowledge == .asServed, let schedule = view.schedule else { return nil }
        return { schedule.cut(at: Timestamp(microseconds: $0)).microseconds }
    }
}
