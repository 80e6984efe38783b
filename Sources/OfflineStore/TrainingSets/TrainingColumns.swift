import FeatureDefs

/// The names that a training set's feature columns get: `feature`, or `view__feature`.
struct TrainingColumns: Hashable, Sendable {
    /// One for each feature of the selection, in its order.
    let featureNames: [String]

    /// Refuses a name that a spine column or another feature has.
    init(features: [FeatureReference], fullNames: Bool, spineColumns: [String]) throws(SpineError) {
        var taken = Set(spineColumns)
        var names: [String] = []
        for feature in features {
            let name = fullNames ? "\(feature.view)__\(feature.feature)" : feature.feature
            guard taken.insert(name).inserted else {
                throw .nameClash(feature: feature, name: name, isWithSpine: spineColumns.contains(name))
            }
            names.append(name)
        }
        featureNames = names
    }
}
