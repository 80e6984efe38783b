/// The same view, had one rule of it been another: what a served value is held against, to find the fault that made it.
extension FeatureViewPlan {
    package var withoutTTL: FeatureViewPlan { with(ttl: nil, features: features) }

    /// Windows that begin so much earlier.
    package func wideningWindows(by margin: Period) -> FeatureViewPlan {
        with(
            ttl: ttl,
            features: features.map { feature in
                guard case .window(let aggregate, let argument, let length, let filter) = feature.computation else {
                    return feature
                }
                return FeaturePlan(
                    name: feature.name,
                    computation: .window(
                        aggregate, argument: argument, length: Period(microseconds: length.microseconds + margin.microseconds),
                        filter: filter),
                    type: feature.type, defaultValue: feature.defaultValue, equality: feature.equality, notes: feature.notes)
            })
    }

    private func with(ttl: Period?, features: [FeaturePlan]) -> FeatureViewPlan {
        FeatureViewPlan(
            name: name, entities: entities, joinKeys: joinKeys, joinKeyColumns: joinKeyColumns, source: source, filter: filter,
            schedule: schedule, ttl: ttl, features: features, notes: notes)
    }
}
