/// What a key or function that is no aggregate was meant to be.
enum UnknownAggregate {
    /// The aggregate of that name, here or in other systems.
    static func aggregate(meantBy name: String) -> AggregateFunction? {
        let name = name.lowercased()
        return AggregateFunction.allCases.first { $0.name == name || $0.foreignNames.contains(name) }
    }

    /// `latest` or an aggregate's name; nil when nothing is near.
    static func meant(by key: String) -> String? {
        if let aggregate = aggregate(meantBy: key) { return aggregate.name }
        if ["last", "latest_value", "newest", "current", "value", "column", "expression"].contains(key.lowercased()) {
            return FeatureShape.latest.name
        }
        return Suggestion.nearest(to: key, among: [FeatureShape.latest.name] + AggregateFunction.allCases.map(\.name))
    }
}
