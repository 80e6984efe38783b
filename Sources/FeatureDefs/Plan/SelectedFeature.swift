/// A feature among those that a service serves, or that somebody asks for, and what it is called there.
package struct SelectedFeature: Hashable, Sendable, CustomStringConvertible {
    /// A name of the service's own.
    package enum Alias: Hashable, Sendable {
        /// `{view: airport_delays, as: origin}`: the feature is `origin.last_delay`, its column `origin__last_delay`.
        case view(String)
        /// `{feature: card_activity.spend_7d, as: spend}`: the feature and its column are `spend`.
        case feature(String)
    }

    package let reference: FeatureReference
    package let alias: Alias?

    package init(_ reference: FeatureReference, alias: Alias? = nil) {
        self.reference = reference
        self.alias = alias
    }

    /// `card_activity.spend_7d`, `origin.last_delay` or `spend`.
    package var description: String {
        switch alias {
        case nil: "\(reference.view).\(reference.feature)"
        case .view(let name): "\(name).\(reference.feature)"
        case .feature(let name): name
        }
    }

    /// Its column in training sets and its name in the feature server's answers: `feature`, or `view__feature` when full
    /// names are asked for; with an alias always the same.
    package func columnName(isFull: Bool) -> String {
        switch alias {
        case nil: isFull ? "\(reference.view)__\(reference.feature)" : reference.feature
        case .view(let name): "\(name)__\(reference.feature)"
        case .feature(let name): name
        }
    }

    /// `card_activity.spend_7d`, or what stands behind a name of the service's own:
    /// `origin.last_delay = airport_delays(airport: origin_airport).last_delay`.
    package var readableText: String {
        alias == nil && reference.keys.isOwn ? description : "\(description) = \(reference)"
    }
}

/// As JSON a reference with one more key: `{"view": ..., "feature": ..., "keys": {...}, "as": ...}`.
extension SelectedFeature: Codable {
    private enum CodingKeys: String, CodingKey {
        case viewAlias = "view_as"
        case featureAlias = "as"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        reference = try FeatureReference(from: decoder)
        if let name = try container.decodeIfPresent(String.self, forKey: .viewAlias) {
            alias = .view(name)
        } else {
            alias = try container.decodeIfPresent(String.self, forKey: .featureAlias).map { .feature($0) }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        try reference.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch alias {
        case nil: break
        case .view(let name): try container.encode(name, forKey: .viewAlias)
        case .feature(let name): try container.encode(name, forKey: .featureAlias)
        }
    }
}
