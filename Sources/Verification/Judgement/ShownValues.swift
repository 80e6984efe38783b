package import FeatureDefs
import Oracle

extension FeatureValue {
    /// Text in quotes, so that NULL and '' and 'NULL' differ.
    package var shown: String {
        switch self {
        case .string(let text): "'" + text.replacing("'", with: "''") + "'"
        case .null: "NULL"
        case .int64, .float64, .float32, .bool, .timestamp, .bytes, .uuid, .list, .vector: text ?? "NULL"
        }
    }
}

extension Expectation {
    var shown: String {
        switch self {
        case .value(let feature):
            feature.value.shown + (feature.isBeyondTTL ? " (too old)" : "") + (feature.tolerance.map { " ± \($0)" } ?? "")
        case .failure(let reason): "fails: \(reason)"
        }
    }
}

extension ComputedValue {
    var shown: String {
        switch self {
        case .value(let value): value.shown
        case .failure: "fails"
        case .notComputed: "not computed"
        }
    }
}

extension WayResult {
    /// What came out for one feature of one spine row: more than one value when the row came out more than once.
    func shown(spineRow: Int, feature: Int) -> String {
        switch self {
        case .failed(let reason): return "fails: \(reason)"
        case .rows(let rows):
            let values = rows.filter { $0.spineRow == spineRow }.map { $0.values[feature].shown }
            return values.isEmpty ? "no row" : values.joined(separator: " and ")
        }
    }
}
