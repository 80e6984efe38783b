/// What the cells of a view's stored rows mean, apart from the definition that the view has now: what it takes to read a row that
/// another definition wrote. Two definitions with the same one have the same rows.
package struct StoredRowMeaning: Hashable, Sendable, Codable {
    package struct Feature: Hashable, Sendable, Codable {
        package let name: String
        package let type: FeatureType
        /// A hash of all that the stored value follows from. What is done when it is read, ttl and default, is no part of it.
        package let meaning: String
        /// Of `latest` features: which of the row's event timestamps is theirs.
        package let group: Int?
    }

    package let features: [Feature]
    /// How many event timestamps follow the features.
    package let groupCount: Int

    package var cellTypes: [FeatureType] {
        features.map(\.type) + Array(repeating: .timestamp, count: groupCount)
    }

    /// The cell of an event timestamp.
    package func eventCell(ofGroup group: Int) -> Int { features.count + group }
}

extension FeatureViewPlan {
    package var storedRow: StoredRowMeaning {
        let groups = latestGroups
        return StoredRowMeaning(
            features: zip(features, storedMeanings).enumerated().map { index, described in
                let (feature, meaning) = described
                return StoredRowMeaning.Feature(
                    name: feature.name, type: feature.type, meaning: meaning,
                    group: groups.firstIndex { $0.features.contains(index) })
            },
            groupCount: groups.count)
    }
}
