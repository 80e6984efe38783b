import FeatureDefs
import Oracle

/// The few entities that a case's rows are about. Keys of one type share their values, so that composite keys look alike:
/// (1, 11) and (11, 1).
struct KeyPool: Sendable {
    private let values: [FeatureType: [FeatureValue]]

    init(_ views: [FeatureViewPlan], random: inout SeededGenerator) {
        var storages: [FeatureType: Set<ColumnStorage>] = [:]
        for column in views.flatMap(\.joinKeyColumns) { storages[column.storage.featureType, default: []].insert(column.storage) }
        var values: [FeatureType: [FeatureValue]] = [:]
        for (type, stored) in storages.sorted(by: { $0.key.description < $1.key.description }) {
            let candidates = Self.candidates(type, storedAs: stored.sorted { $0.description < $1.description })
            values[type] = Array(candidates.shuffled(using: &random).prefix(3))
        }
        self.values = values
    }

    /// Of a source's row; seldom NULL.
    func key(_ type: FeatureType, random: inout SeededGenerator) -> FeatureValue {
        guard let choices = values[type], !choices.isEmpty, !random.oneIn(14) else { return .null }
        // The first is had by most, so that it has many rows.
        return random.oneIn(2) ? choices[0] : random.pick(choices)
    }

    /// Of a spine's row; seldom one without rows.
    func spineKey(_ type: FeatureType, random: inout SeededGenerator) -> FeatureValue {
        random.oneIn(15) ? Self.unknown(type) : key(type, random: &random)
    }

    /// What every one of the storages can hold.
    private static func candidates(_ type: FeatureType, storedAs storages: [ColumnStorage]) -> [FeatureValue] {
        let looksAlike: [FeatureValue] =
            switch type {
            case .int64: [1, 11, 111].map(FeatureValue.int64)
            case .string: ["1", "11", "a", "A", "é", "e\u{301}"].map(FeatureValue.string)
            case .float64, .float32, .bool, .timestamp, .bytes, .uuid, .list, .vector: []
            }
        let all = storages.map { Set(AdversarialValues.values(storedAs: $0)) }
        guard let first = storages.first else { return looksAlike }
        let common = AdversarialValues.values(storedAs: first).filter { value in all.allSatisfy { $0.contains(value) } }
        return looksAlike + looksAlike + common
    }

    private static func unknown(_ type: FeatureType) -> FeatureValue {
        switch type {
        case .int64: .int64(-77)
        case .string: .string("nobody")
        case .float64, .float32, .bool, .timestamp, .bytes, .uuid, .list, .vector: .null
        }
    }
}
