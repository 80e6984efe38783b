import FeatureDefs

/// The names that a training set's feature columns get: `feature`, `view__feature`, or what the service calls them.
struct TrainingColumns: Hashable, Sendable {
    /// One for each feature of the selection, in its order.
    let featureNames: [String]

    /// Refuses a name that a spine column or another feature has.
    init(features: [SelectedFeature], fullNames: Bool, spineColumns: [String]) throws(SpineError) {
        var taken = Set(spineColumns)
        var names: [String] = []
        for feature in features {
            let name = feature.columnName(isFull: fullNames)
            guard taken.insert(name).inserted else {
                throw .nameClash(feature: feature, name: name, isWithSpine: spineColumns.contains(name))
            }
            names.append(name)
        }
        featureNames = names
    }
}
