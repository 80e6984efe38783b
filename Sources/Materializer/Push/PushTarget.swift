import FeatureDefs

/// What a push's target means under a plan: the source that gets the rows, and the views to compute from it at once.
struct PushTarget {
    let source: SourcePlan
    /// Without schedule, so that what is served is the value at each instant (DESIGN §2).
    let views: [FeatureViewPlan]
    /// The columns that tell the source's rows apart: the keys of all its views.
    let keyColumns: Set<String>
    /// The keys of the view that was named, or of all: what an error tells rows by.
    let identifying: [ColumnReference]
    /// The columns that every row must have.
    let required: [String]

    init(_ request: PushRequest, in plan: Plan) throws(PushError) {
        let named = plan.featureView(named: request.target)
        guard let source = named?.source ?? plan.featureViews.lazy.map(\.source).first(where: { $0.name == request.target })
        else {
            throw .unknownTarget(request.target)
        }
        guard case .table = source.relation else { throw .notATable(source: source.name) }
        self.source = source
        let siblings = plan.featureViews.filter { $0.source.name == source.name }
        keyColumns = Set(siblings.flatMap { $0.joinKeyColumns.map(\.name) })
        identifying = named?.joinKeyColumns ?? Set(siblings.flatMap(\.joinKeyColumns)).sorted { $0.name < $1.name }
        let isServed = request.destination != .offline
        if isServed, let named, !named.isServedFromPushes {
            throw named.isServable
                ? .followsSchedule(view: named.name, source: source.name)
                : .notServable(view: named.name, features: named.windowFeatures.map(\.name))
        }
        let given = Set(request.columns.map(\.name))
        let served = isServed ? siblings.filter(\.isServedFromPushes) : []
        if isServed, served.isEmpty { throw .nothingToServe(source: source.name) }
        if let named {
            required = named.joinKeyColumns.map(\.name)
            // The same rows may be of other entities too.
            views = served.filter { $0.joinKeyColumns.allSatisfy { given.contains($0.name) } }
        } else {
            var seen = Set<String>()
            required = served.flatMap { $0.joinKeyColumns.map(\.name) }.filter { seen.insert($0).inserted }
            views = served
        }
    }
}

extension FeatureViewPlan {
    /// `latest` features and no schedule: their value changes when a row comes, and at no other instant that is known before.
    package var isServedFromPushes: Bool { schedule == nil && windowFeatures.isEmpty }
}
