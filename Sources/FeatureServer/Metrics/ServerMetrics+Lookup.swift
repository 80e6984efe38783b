import FeatureDefs
import OnlineStore

extension ServerMetrics.Lookup {
    /// Counts an answer.
    init(_ result: LookupResult, of selection: FeatureSelection, service: String) {
        var statuses = [Int](repeating: 0, count: FeatureStatus.allCases.count)
        var newestEvents: [String: Timestamp] = [:]
        for (index, selected) in selection.features.enumerated() {
            var newest = Timestamp.negativeInfinity
            for row in 0..<result.count {
                let feature = result[feature: index, row: row]
                statuses[feature.status.ordinal] += 1
                if let event = feature.eventTimestamp, event > newest { newest = event }
            }
            guard newest.isFinite else { continue }
            newestEvents[selected.reference.view] = max(newest, newestEvents[selected.reference.view] ?? newest)
        }
        self.init(
            service: service,
            statuses: Dictionary(uniqueKeysWithValues: FeatureStatus.allCases.map { ($0, statuses[$0.ordinal]) }),
            newestEvents: newestEvents
        )
    }
}

extension FeatureStatus {
    /// Its place among `allCases`.
    fileprivate var ordinal: Int {
        switch self {
        case .present: 0
        case .nullValue: 1
        case .notFound: 2
        case .outsideMaxAge: 3
        case .invalid: 4
        }
    }
}
