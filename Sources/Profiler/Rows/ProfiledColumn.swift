package import FeatureDefs

/// What is watched of a feature, by its type.
package enum ProfileKind: String, Hashable, Sendable, Codable {
    /// Numbers; of a list its length, of a vector its norm.
    case number
    /// Text, bools and ids, by value.
    case category
    /// Only whether there is a value: timestamps, which differ between any two windows, and bytes.
    case presence

    package init(_ type: FeatureType) {
        switch type {
        case .int64, .float64, .float32, .list, .vector: self = .number
        case .string, .bool, .uuid: self = .category
        case .timestamp, .bytes: self = .presence
        }
    }
}

/// A feature that is profiled: its name, what it means, and what is watched of it.
package struct ProfiledColumn: Hashable, Sendable {
    package let name: String
    /// A hash of the feature's definition, and of what it reads.
    package let definition: String
    package let kind: ProfileKind

    package init(name: String, definition: String, kind: ProfileKind) {
        self.name = name
        self.definition = definition
        self.kind = kind
    }
}

extension Plan {
    /// The features of a selection, as they are profiled: under the service's names for them.
    package func profiledColumns(of selection: FeatureSelection) throws -> [ProfiledColumn] {
        try zip(selection.features, selection.types).map { feature, type in
            ProfiledColumn(
                name: feature.description, definition: try definitionHash(of: feature.reference), kind: ProfileKind(type))
        }
    }

    /// Of the feature alone: another feature of its view changes nothing of it.
    private func definitionHash(of reference: FeatureReference) throws -> String {
        let closure = try selection(of: [reference.definition])
        var parts = closure.joinedViews.flatMap { joined in
            joined.view.features.enumerated().filter { index, _ in
                closure.place(of: reference.definition).map { $0.feature == index } ?? true
            }.map { "\(joined.keyMapText) \(joined.view.only($0.element).fingerprint)" }
        }
        for name in Set(closure.onDemandFeatures.map(\.reference.view)).sorted() {
            if let view = onDemandView(named: name) { parts.append(view.fingerprint) }
        }
        return ProfileHash.hexadecimal(parts.sorted().joined(separator: "\n"))
    }
}

extension JoinedView {
    fileprivate var keyMapText: String { joinKeys.map(\.name).joined(separator: ",") }
}

extension FeatureViewPlan {
    /// The view with one of its features.
    fileprivate func only(_ feature: FeaturePlan) -> FeatureViewPlan {
        FeatureViewPlan(
            name: name, entities: entities, joinKeys: joinKeys, joinKeyColumns: joinKeyColumns, source: source, filter: filter,
            schedule: schedule, ttl: ttl, features: [feature], notes: notes)
    }
}
