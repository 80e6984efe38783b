import Columnar
import FeatureDefs

extension Column {
    /// A row's value as a feature's, lists and vectors too.
    ///
    /// - Parameter type: the feature type that lies in memory like this.
    func featureValue(at row: Int, as type: FeatureType) -> FeatureValue {
        switch (self, type) {
        case (.list(let lists), .list(let element)):
            guard lists.validity.isValid(row) else { return .null }
            let values = (lists.offsets[row]..<lists.offsets[row + 1]).map { lists.elements.value(at: $0) }
            return .list(FeatureList(values, of: element))
        case (.vector(let vectors), _):
            guard vectors.validity.isValid(row) else { return .null }
            let start = row * vectors.dimension
            return .vector(Array(vectors.values[start..<start + vectors.dimension]))
        default:
            return value(at: row)
        }
    }
}
