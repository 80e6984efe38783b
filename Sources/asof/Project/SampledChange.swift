import DriftMonitor
import FeatureDefs
import OfflineStore

/// What `asof plan --sample` found of one feature: how much of it the new definition changes.
struct SampledChange: Encodable {
    let feature: String
    let type: FeatureType
    let rows: Int
    /// Values that are not equal, NULL among them; a change of type alone makes numbers no different.
    let different: Int
    let oldNulls: Int
    let newNulls: Int
    /// Of the finite numbers; nil for other types, or when there are none.
    let oldMean: Double?
    let newMean: Double?
    /// PSI over deciles of the old values, in nats; nil for types that are not numbers, or when a side has none.
    let populationStabilityIndex: Double?

    var share: Double { rows == 0 ? 0 : Double(different) / Double(rows) }

    init(_ feature: DefinitionSample.Feature, of view: String) {
        self.feature = "\(view).\(feature.name)"
        type = feature.newType
        rows = feature.new.count
        different = zip(feature.old, feature.new).count { !Self.isEqual($0, $1) }
        oldNulls = feature.old.count(where: \.isNull)
        newNulls = feature.new.count(where: \.isNull)
        guard feature.oldType.isNumeric, feature.newType.isNumeric else {
            (oldMean, newMean, populationStabilityIndex) = (nil, nil, nil)
            return
        }
        let (old, new) = (feature.old.compactMap(Self.finite), feature.new.compactMap(Self.finite))
        oldMean = Self.mean(old)
        newMean = Self.mean(new)
        populationStabilityIndex = PopulationStability(referenceValues: old, currentValues: new)?.value
    }

    private static func isEqual(_ old: FeatureValue, _ new: FeatureValue) -> Bool {
        if old == new { return true }
        guard old.type != new.type, let old = number(old), let new = number(new) else { return false }
        return old == new
    }

    private static func finite(_ value: FeatureValue) -> Double? {
        number(value).flatMap { $0.isFinite ? $0 : nil }
    }

    private static func number(_ value: FeatureValue) -> Double? {
        switch value {
        case .int64(let number): Double(number)
        case .float64(let number): number
        case .float32(let number): Double(number)
        case .null, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: nil
        }
    }

    private static func mean(_ numbers: [Double]) -> Double? {
        numbers.isEmpty ? nil : numbers.reduce(0) { $0 + $1 / Double(numbers.count) }
    }
}

/// What `asof plan --sample` found of one view.
struct SampledView: Encodable {
    let view: String
    let changes: [SampledChange]
    /// Why there are none.
    let problem: String?

    init(_ change: ChangedView, _ result: Result<DefinitionSample, DefinitionSampleError>) {
        view = change.new.name
        switch result {
        case .success(let sample):
            changes = sample.features.map { SampledChange($0, of: sample.view) }
            problem = sample.rows == 0 ? "its source has no row with keys and an event timestamp" : nil
        case .failure(let error): (changes, problem) = ([], error.description)
        }
    }
}
