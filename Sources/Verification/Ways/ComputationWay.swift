package import FeatureDefs

/// A way of computing features that must give what the oracle gives: a strategy of the point-in-time join, the online store.
package protocol ComputationWay: Sendable {
    /// How reports call it.
    var name: String { get }
    /// Whether it can compute what a mode asks for.
    func computes(_ knowledge: KnowledgeMode) -> Bool
    /// Whether an expression that fails on one row fails them all, or is that row's own matter.
    var failsAsAWhole: Bool { get }

    /// The selection's features for some rows of the case's spine, in the order given. The case is loaded.
    func compute(_ verificationCase: VerificationCase, rows: [Int], _ knowledge: KnowledgeMode) async throws -> WayResult
}

/// What a way made of some spine rows. A store that cannot be reached is thrown instead.
package enum WayResult: Hashable, Sendable {
    case rows([WayRow])
    /// Nothing came out, and why.
    case failed(reason: String)
}

/// One row that came out.
package struct WayRow: Hashable, Sendable {
    /// Index into the case's spine rows.
    package let spineRow: Int
    /// One for each of the selection's features.
    package let values: [ComputedValue]

    package init(spineRow: Int, values: [ComputedValue]) {
        self.spineRow = spineRow
        self.values = values
    }
}

/// What a way made of one feature for one row.
package enum ComputedValue: Hashable, Sendable {
    case value(FeatureValue)
    /// The expression has no value for the row.
    case failure
    /// The way does not do this one: a feature that cannot be served, a row without a time.
    case notComputed
}
