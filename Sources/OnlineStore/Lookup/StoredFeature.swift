import FeatureDefs

/// How one feature is read from its view's stored row.
struct StoredFeature: Sendable {
    private enum Kind {
        case window
        /// The cell with the event timestamp of the row that the value is from.
        case latest(eventCell: Int)
    }

    private let cell: Int
    private let kind: Kind
    private let ttl: Period?
    /// What stands in for NULL; its status still says why the value is missing.
    private let substitute: FeatureValue
    /// The answer where nothing is stored.
    let whenMissing: ServedFeature

    /// The answer where something is stored that cannot be read: not that there are no rows, which nobody knows.
    static let unreadable = ServedFeature(value: .null, status: .invalid, eventTimestamp: nil)

    /// `index` is the feature's in the view.
    init(_ index: Int, of view: FeatureViewPlan) {
        let cells = view.storedCells
        let group = view.latestGroups.firstIndex { $0.features.contains(index) }
        cell = cells.firstIndex(of: .feature(index: index, type: view.features[index].type)) ?? index
        kind =
            group.flatMap { cells.firstIndex(of: .latestEventTimestamp(group: $0)) }.map { .latest(eventCell: $0) } ?? .window
        ttl = view.ttl
        substitute = view.features[index].whenRead(.null)
        whenMissing = ServedFeature(
            value: view.features[index].valueWhenNoRows, status: .notFound, eventTimestamp: nil
        )
    }

    /// The feature as of `now`, by the rules of DESIGN §2.
    func read(from row: PackedRow, now: Timestamp) throws(PackedRowError) -> ServedFeature {
        switch kind {
        case .window:
            return served(try row.value(at: cell), eventTimestamp: row.version.cut)
        case .latest(let eventCell):
            guard case .timestamp(let event) = try row.value(at: eventCell) else { return whenMissing }
            if let ttl, event < now - ttl {
                return ServedFeature(value: substitute, status: .outsideMaxAge, eventTimestamp: event)
            }
            return served(try row.value(at: cell), eventTimestamp: event)
        }
    }

    private func served(_ value: FeatureValue, eventTimestamp: Timestamp) -> ServedFeature {
        value.isNull
            ? ServedFeature(value: substitute, status: .nullValue, eventTimestamp: eventTimestamp)
            : ServedFeature(value: value, status: .present, eventTimestamp: eventTimestamp)
    }
}
