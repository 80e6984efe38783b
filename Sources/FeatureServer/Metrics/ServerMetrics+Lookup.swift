import FeatureDefs
import OnlineStore

/// What an answer holds, counted while it is written: how often each status, and the newest event of each view.
struct ServedCounts {
    private let selection: FeatureSelection
    private var statuses = FeatureStatus.Counts()
    private var newestEvents: [String: Timestamp] = [:]
    /// Of each timeline that came up, its statuses: the same for most of its features.
    private var ofTimelines: [FeatureStatus.Counts?] = []

    init(of selection: FeatureSelection) {
        self.selection = selection
    }

    /// Counts a feature, the place of which in the selection is `feature`.
    mutating func add(_ column: ServedColumn, feature: Int, timelines: [ServedTimeline]) {
        if let own = column.ownStatuses {
            for status in own { statuses.add(status) }
        } else if let timeline = column.timeline {
            statuses.add(counts(ofTimeline: timeline, timelines))
        }
        if let own = column.ownTimes { note(own, of: selection.features[feature].reference.view) }
    }

    func lookup(service: String) -> ServerMetrics.Lookup {
        ServerMetrics.Lookup(service: service, statuses: statuses, newestEvents: newestEvents)
    }

    private mutating func counts(ofTimeline index: Int, _ timelines: [ServedTimeline]) -> FeatureStatus.Counts {
        if ofTimelines.isEmpty { ofTimelines = [FeatureStatus.Counts?](repeating: nil, count: timelines.count) }
        if let known = ofTimelines[index] { return known }
        var counts = FeatureStatus.Counts()
        for status in timelines[index].statuses { counts.add(status) }
        note(timelines[index].times, of: timelines[index].view)
        ofTimelines[index] = counts
        return counts
    }

    private mutating func note(_ times: [Timestamp?], of view: String) {
        var newest = Timestamp.negativeInfinity
        for time in times { if let time, time > newest { newest = time } }
        guard newest.isFinite else { return }
        newestEvents[view] = max(newest, newestEvents[view] ?? newest)
    }
}
