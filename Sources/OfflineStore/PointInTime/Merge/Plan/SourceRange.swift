import FeatureDefs

/// The event times of the rows that a spine's features can see: what is read of a source.
struct SourceRange: Hashable, Sendable {
    /// nil: from the first.
    let earliest: Timestamp?
    let latest: Timestamp

    /// - Parameter times: the spine's earliest and latest time.
    init(_ read: SourceRead, times: ClosedRange<Timestamp>, knowledge: KnowledgeMode, asOf: Timestamp?) {
        var earliest: Timestamp? = .infinity
        var latest = Timestamp.negativeInfinity
        for view in read.views.map(\.plan) {
            latest = max(latest, view.cut(at: times.upperBound, knowledge: knowledge))
            let firstCut = view.cut(at: times.lowerBound, knowledge: knowledge)
            for feature in view.features {
                let start: Timestamp? =
                    switch feature.computation {
                    // The ttl is judged at the spine row's time, not at the cut.
                    case .latest: view.ttl.map { times.lowerBound - $0 }
                    case .window(_, _, let length, _): firstCut - length
                    }
                earliest = if let start, let known = earliest { min(known, start) } else { nil }
            }
        }
        self.earliest = earliest
        // A created timestamp may be before the event: recorded as of then, although it happened later.
        self.latest = if let asOf, read.source.createdTimestamp == nil { min(latest, asOf) } else { latest }
    }
}
