import FeatureDefs
import OnlineStore

/// What a lookup answered, or what a fault made of it.
struct GivenAnswers {
    /// For each feature of the service, one element for each row.
    private(set) var features: [[ServedFeature]]
    /// For each joined view, the version of each row's stored row; nil where there was none.
    let versions: [[RowVersion?]]

    init(_ result: LookupResult) {
        features = result.features
        versions = result.versions
    }
}

/// Faults of single answers. Places are those of `FaultWorld`'s service.
extension GivenAnswers {
    private static let lastAmount = 0
    private static let lastCountry = 1
    private static let spend = 3

    /// The float features lose their digits after the point, for one account in five.
    func truncated(_ asked: FaultRequests) -> GivenAnswers {
        var copy = self
        for row in 0..<asked.count where asked.accounts[row].hasSuffix("3") || asked.accounts[row].hasSuffix("8") {
            for feature in [Self.lastAmount, Self.spend] {
                guard case .float64(let value) = features[feature][row].value else { continue }
                copy.set(.float64(value.rounded(.towardZero)), feature, row)
            }
        }
        return copy
    }

    /// NULL is served where the default belongs, and 0 where NULL does.
    func swappingNull() -> GivenAnswers {
        var copy = self
        for row in features[Self.lastCountry].indices {
            if features[Self.lastCountry][row].value == .string("unknown") { copy.set(.null, Self.lastCountry, row) }
            if features[Self.lastAmount][row].value.isNull { copy.set(.float64(0), Self.lastAmount, row) }
        }
        return copy
    }

    private mutating func set(_ value: FeatureValue, _ feature: Int, _ row: Int) {
        let old = features[feature][row]
        features[feature][row] = ServedFeature(
            value: value, status: value.isNull ? .nullValue : .present, eventTimestamp: old.eventTimestamp)
    }
}
