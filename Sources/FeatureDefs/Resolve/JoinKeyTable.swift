/// The join keys of the feature views.
struct JoinKeyTable {
    private struct Keys {
        let keys: [JoinKey]
        /// Whether every entity is known and every key has a type: a mistake in one is reported where it is.
        let areComplete: Bool
    }

    private let byView: [String: Keys]

    init(_ views: [FeatureViewDefinition], entities: EntityTable) {
        byView = Dictionary(
            views.map { view in
                let found = view.entities.map { entities[$0.text] }
                let keys = found.compactMap { $0 }.flatMap(\.joinKeys)
                let typed = keys.compactMap { key in key.type.map { JoinKey(name: key.name.text, type: $0) } }
                let areComplete = !found.contains { $0 == nil } && typed.count == keys.count
                return (view.name.text, Keys(keys: typed, areComplete: areComplete))
            }
        ) { first, _ in first }
    }

    func isFeatureView(_ name: String) -> Bool { byView[name] != nil }

    /// The join keys of a view under the caller's names for them.
    func joinKeys(of view: String, _ map: JoinKeyMap) -> [JoinKey] {
        (byView[view]?.keys ?? []).map { JoinKey(name: map.column(of: $0.name), type: $0.type) }
    }

    /// `keys: {airport: origin_airport}` of a view that there is.
    func map(_ columns: [JoinKeyColumn], of view: String, into sink: inout DiagnosticSink) -> JoinKeyMap {
        guard let first = columns.first else { return .own }
        guard let known = byView[view] else {
            sink.report(.joinKeysOfOnDemandView(view, at: first.key.span))
            return .own
        }
        let names = known.keys.map(\.name)
        for column in columns where known.areComplete && !names.contains(column.key.text) {
            sink.report(.unknownJoinKey(column.key.text, of: view, keys: names, at: column.key.span))
        }
        return JoinKeyMap(Dictionary(columns.map { ($0.key.text, $0.column.text) }) { first, _ in first })
    }
}
