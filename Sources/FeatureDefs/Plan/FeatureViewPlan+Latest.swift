/// The `latest` features of a view that choose their row by the same filter, and so share one row.
package struct LatestGroup: Hashable, Sendable {
    package let filter: TypedExpression<ColumnReference>?
    /// Indices into `FeatureViewPlan.features`.
    package let features: [Int]
}

extension FeatureViewPlan {
    /// The groups, in order of their first feature.
    package var latestGroups: [LatestGroup] {
        var order: [TypedExpression<ColumnReference>?] = []
        var members: [TypedExpression<ColumnReference>?: [Int]] = [:]
        for (index, feature) in features.enumerated() {
            guard case .latest(_, let filter) = feature.computation else { continue }
            if members[filter] == nil { order.append(filter) }
            members[filter, default: []].append(index)
        }
        return order.map { LatestGroup(filter: $0, features: members[$0] ?? []) }
    }

    /// The columns that decide between rows of equal event and available time, most significant first: the greatest
    /// wins (the least for `first`), NULL is lowest. Created timestamp, then every column that the view's `latest`, `first`
    /// and `last_n` features or their filters read, by name. Rows equal in all of them give the same values, so the choice no longer matters.
    package var tieBreakColumns: [ColumnReference] {
        if let inheritedTieBreakColumns { return inheritedTieBreakColumns }
        var read = Set<ColumnReference>()
        for feature in features where feature.computation.needsTieBreak {
            switch feature.computation {
            case .latest(let expression, let filter):
                read.formUnion(expression.inputs)
                read.formUnion(filter?.inputs ?? [])
            case .window(_, let argument, _, let filter):
                read.formUnion(argument?.inputs ?? [])
                read.formUnion(filter?.inputs ?? [])
            }
        }
        let created = source.createdTimestamp.map { [$0] } ?? []
        return created + read.subtracting(created).subtracting([source.eventTimestamp]).sorted { $0.name < $1.name }
    }
}

extension FeatureViewPlan {
    /// All that a feature's values follow from: how the view reads its source, the feature, and which rows win ties.
    func meaning(of feature: FeaturePlan) -> String {
        let ties = feature.computation.needsTieBreak ? tieBreakColumns.map(CanonicalText.column) : []
        return ([canonicalHead, feature.canonicalText] + ties).joined(separator: "; ")
    }

    /// For each feature a hash of what its stored values follow from: of its meaning, all but ttl and default, which are applied when it is
    /// read.
    var storedMeanings: [String] {
        let (head, ties) = (canonicalStoredHead, tieBreakColumns.map(CanonicalText.column))
        return features.map { feature in
            let ties = feature.computation.needsTieBreak ? ties : []
            return Fingerprint.of(([head, feature.canonicalStoredText] + ties).joined(separator: "; "))
        }
    }
}

extension FeatureComputation {
    /// Whether the feature is one row's value or several rows', so that which they are must be settled among rows of equal times.
    package var needsTieBreak: Bool {
        switch self {
        case .latest: true
        case .window(let function, _, _, _): function.choosesRows
        }
    }
}
