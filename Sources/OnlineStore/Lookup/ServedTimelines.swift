package import FeatureDefs

/// Which stored features of a lookup are there or not at the same times: those of one view that are read from the same source row,
/// or from the window at the cut. Worked out once.
struct TimelinePlan: Sendable {
    struct Group: Sendable {
        /// Index among the joined views.
        let view: Int
        /// Any of its features: they differ in the cell only.
        let feature: StoredFeature
    }

    private(set) var groups: [Group] = []
    /// For each of the lookup's stored inputs, its group.
    private(set) var groupOfInput: [Int] = []

    init(of inputs: [PreparedLookup.StoredInput]) {
        for input in inputs {
            let known = groups.firstIndex { $0.view == input.view && $0.feature.hasSameEvent(as: input.feature) }
            if known == nil { groups.append(Group(view: input.view, feature: input.feature)) }
            groupOfInput.append(known ?? groups.count - 1)
        }
    }
}

/// How the features of one source row stand, for each row of a lookup: what would otherwise be said again for each of them.
package struct ServedTimeline: Sendable {
    /// The view's name.
    package let view: String
    /// The status of those of its features that are not NULL.
    package private(set) var statuses: [FeatureStatus] = []
    package private(set) var times: [Timestamp?] = []
    /// Whether that holds for every row. It does not where a row is not of the view's own layout: there each feature is for itself.
    fileprivate(set) var isShared = true

    fileprivate mutating func append(_ standing: StoredFeature.Standing) {
        statuses.append(standing.status)
        times.append(standing.time)
    }
}

extension LookupResult {
    /// The timelines that `column` refers to, by number.
    package func timelines() -> [ServedTimeline] {
        lookup.timelines.groups.map { group in
            var timeline = ServedTimeline(view: lookup.selection.joinedViews[group.view].view.name)
            for row in 0..<count {
                let standing = stored.withRow(view: group.view, row: row) { group.feature.standing(in: $0, now: now) }
                if standing == nil, stored.place(view: group.view, row: row) != StoredRows.missing { timeline.isShared = false }
                timeline.append(standing ?? StoredFeature.Standing(status: .notFound, time: nil))
            }
            return timeline
        }
    }
}
