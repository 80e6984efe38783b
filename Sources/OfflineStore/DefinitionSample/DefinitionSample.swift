package import FeatureDefs

/// The values that two definitions of a view's features have at the same keys and instants.
package struct DefinitionSample: Hashable, Sendable {
    package let view: String
    /// Points: keys and instants of rows of the new definition's source.
    package let rows: Int
    package let features: [Feature]

    /// One feature in both definitions, a value for each point.
    package struct Feature: Hashable, Sendable {
        package let name: String
        package let oldType: FeatureType
        package let newType: FeatureType
        package let old: [FeatureValue]
        package let new: [FeatureValue]

        package init(
            name: String, oldType: FeatureType, newType: FeatureType, old: [FeatureValue], new: [FeatureValue]
        ) {
            self.name = name
            self.oldType = oldType
            self.newType = newType
            self.old = old
            self.new = new
        }
    }
}

/// Why two definitions of a view cannot be compared value by value.
package enum DefinitionSampleError: Error, Hashable, Sendable, CustomStringConvertible {
    case otherJoinKeys
    case oldDefinitionUnreadable([PlanMisfit])
    case computationFailed(reason: String)

    package var description: String {
        switch self {
        case .otherJoinKeys: "its join keys differ, so the values are of other things"
        case .oldDefinitionUnreadable(let misfits):
            "the applied definition cannot be computed any more: \(misfits.map(\.description).joined(separator: "; "))"
        case .computationFailed(let reason): "computing it failed: \(reason)"
        }
    }
}
