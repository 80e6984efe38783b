/// A feature of a view, for the entity that the join keys' columns name: `view.feature`.
package struct FeatureReference: Hashable, Sendable, CustomStringConvertible {
    package let view: String
    package let feature: String
    /// Where the caller's columns have other names than the view's join keys. Always `.own` for an on-demand view.
    package let keys: JoinKeyMap

    package init(view: String, feature: String, keys: JoinKeyMap = .own) {
        self.view = view
        self.feature = feature
        self.keys = keys
    }

    /// The feature as its view defines it, for whichever entity.
    package var definition: FeatureReference { FeatureReference(view: view, feature: feature) }

    /// `airport_delays.last_delay`, or `airport_delays(airport: origin_airport).last_delay`
    package var description: String { "\(view)\(keys).\(feature)" }
}

extension FeatureReference: Codable {
    private enum CodingKeys: String, CodingKey { case view, feature, keys }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        view = try container.decode(String.self, forKey: .view)
        feature = try container.decode(String.self, forKey: .feature)
        keys = try container.decodeIfPresent(JoinKeyMap.self, forKey: .keys) ?? .own
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(view, forKey: .view)
        try container.encode(feature, forKey: .feature)
        if !keys.isOwn { try container.encode(keys, forKey: .keys) }
    }
}
