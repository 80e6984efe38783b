import FeatureDefs

/// How one feature is read from its view's stored row. Holds no reference: there is a copy for each value that is read.
struct StoredFeature: Sendable {
    /// What is served where there is no value.
    struct Substitutes: Sendable {
        /// Stands in for NULL; the status still says why the value is missing.
        let null: FeatureValue
        /// The answer where nothing is stored.
        let missing: ServedFeature
    }

    let cell: CellReader
    /// Of `latest` features: the event timestamp of the row that the value is from.
    private let event: CellReader?
    private let ttl: Period?

    /// The answer where something is stored that cannot be read: not that there are no rows, which nobody knows.
    static let unreadable = ServedFeature(value: .null, status: .invalid, eventTimestamp: nil)

    init(_ place: StoredFeaturePlace, of view: FeatureViewPlan, layout: PackedRowLayout) {
        cell = CellReader(place.cell, of: layout)
        event = place.eventCell.map { CellReader($0, of: layout) }
        ttl = view.ttl
    }

    /// The feature as of `now`, by the rules of DESIGN §2. The row's cells are sound.
    func read(
        from row: UnsafeRawBufferPointer, now: Timestamp, substitutes: @autoclosure () -> Substitutes
    ) -> ServedFeature {
        let standing = standing(in: row, now: now)
        switch standing.status {
        case .present: break
        case .notFound: return substitutes().missing
        case .outsideMaxAge, .nullValue, .invalid:
            return ServedFeature(value: substitutes().null, status: standing.status, eventTimestamp: standing.time)
        }
        guard let value = cell.value(in: row) else { return Self.unreadable }
        if value.isNull { return ServedFeature(value: substitutes().null, status: .nullValue, eventTimestamp: standing.time) }
        return ServedFeature(value: value, status: .present, eventTimestamp: standing.time)
    }

    /// What holds for every feature of the same source row: its status unless it is NULL, and its time.
    struct Standing {
        let status: FeatureStatus
        let time: Timestamp?
    }

    func standing(in row: UnsafeRawBufferPointer, now: Timestamp) -> Standing {
        guard let event else { return Standing(status: .present, time: RowHeader.cut(of: row)) }
        guard let newest = event.timestamp(in: row) else { return Standing(status: .notFound, time: nil) }
        return Standing(status: isOutdated(newest, now: now) ? .outsideMaxAge : .present, time: newest)
    }

    /// Whether the features are read from the same source row, where they are of one view.
    func hasSameEvent(as other: StoredFeature) -> Bool { event == other.event }

    private func isOutdated(_ event: Timestamp, now: Timestamp) -> Bool {
        if let ttl { event < now - ttl } else { false }
    }
}

extension StoredFeature.Substitutes {
    init(_ feature: FeaturePlan) {
        null = feature.whenRead(.null)
        missing = ServedFeature(value: feature.valueWhenNoRows, status: .notFound, eventTimestamp: nil)
    }
}
