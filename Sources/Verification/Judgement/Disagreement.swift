package import FeatureDefs
package import Oracle

/// Where a way of computing differs from the oracle.
package struct Disagreement: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// One feature of one spine row. `feature` is an index into the selection's.
        case value(spineRow: Int, feature: Int, expected: Expectation, found: ComputedValue)
        /// Spine rows that came out not once, or not in their order.
        case rows(expected: [Int], found: [Int])
        /// Nothing came out, though every row has its values.
        case failed(reason: String)
        /// An expression fails on this row, and yet the way gave values.
        case didNotFail(spineRow: Int, reason: String)
    }

    package let way: String
    package let knowledge: KnowledgeMode
    package let kind: Kind

    /// Whether another is the same finding: of one kind, on one feature.
    func resembles(_ other: Disagreement) -> Bool {
        guard way == other.way, knowledge == other.knowledge else { return false }
        switch (kind, other.kind) {
        case (.value(_, let feature, _, _), .value(_, let otherFeature, _, _)): return feature == otherFeature
        case (.rows, .rows), (.failed, .failed), (.didNotFail, .didNotFail): return true
        case (.value, _), (.rows, _), (.failed, _), (.didNotFail, _): return false
        }
    }
}

/// What the oracle says of one feature for one row.
package enum Expectation: Hashable, Sendable {
    case value(NaiveFeature)
    /// The expression has no value for the row.
    case failure(reason: String)

    func accepts(_ computed: ComputedValue) -> Bool {
        switch (self, computed) {
        case (_, .notComputed): true
        case (.value(let feature), .value(let value)): feature.accepts(value)
        case (.failure, .failure): true
        case (.value, .failure), (.failure, .value): false
        }
    }
}
