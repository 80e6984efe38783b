package import FeatureDefs

/// A request that cannot be answered because of what it asks, not because of the store.
package enum LookupError: Error, Hashable, Sendable {
    case unknownService(String)
    case unknownFeature(FeatureReference)
    /// The plan has the view, the registry gave it no place in the online store.
    case notApplied(view: String)
    /// The view has window features and no schedule: no stored value of it is right for long.
    case notServable(view: String, features: [String])
    /// Some, or all, of a view's join keys are not among the columns. A part of a composite key identifies nothing.
    case missingJoinKeys(view: String, missing: [String])
    case missingRequestInputs([String])
    case wrongType(column: String, row: Int, expected: FeatureType, found: FeatureType)
    case unequalColumns(name: String, count: Int, otherName: String, otherCount: Int)
}

extension LookupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownService(let name): "feature service `\(name)` does not exist"
        case .unknownFeature(let reference): "feature `\(reference)` does not exist"
        case .notApplied(let view): "feature view `\(view)` has not been applied; run `asof apply`"
        case .notServable(let view, let features):
            "feature view `\(view)` cannot be served: its window features (\(features.joined(separator: ", "))) need a `schedule`"
        case .missingJoinKeys(let view, let missing):
            "missing join key values for keys: \(missing.joined(separator: ", ")) (feature view `\(view)`)"
        case .missingRequestInputs(let names): "missing request data: \(names.joined(separator: ", "))"
        case .wrongType(let column, let row, let expected, let found):
            "row \(row) of `\(column)` is \(found), not \(expected)"
        case .unequalColumns(let name, let count, let otherName, let otherCount):
            "`\(name)` has \(count) rows, `\(otherName)` has \(otherCount)"
        }
    }
}
