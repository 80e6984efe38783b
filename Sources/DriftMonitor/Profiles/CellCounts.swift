/// What became of a feature's cells, exactly. `null`, `notANumber` and the infinities are told from the values; the others are told
/// by who reads them (the served log, the contract).
package struct CellCounts: Hashable, Sendable {
    /// All cells, whatever became of them.
    package var rows: UInt64 = 0
    package var null: UInt64 = 0
    package var notANumber: UInt64 = 0
    package var positiveInfinity: UInt64 = 0
    package var negativeInfinity: UInt64 = 0
    /// The entity was not in the online store.
    package var missingKey: UInt64 = 0
    /// The value was older than its time to live.
    package var expired: UInt64 = 0
    /// A default stood in.
    package var defaulted: UInt64 = 0
    /// Outside the declared range or domain.
    package var outOfDomain: UInt64 = 0

    package init() {}

    /// Cells that have a finite number, or a category.
    package var present: UInt64 { rows - null - notANumber - positiveInfinity - negativeInfinity }

    package mutating func merge(_ other: CellCounts) {
        for field in Self.fields { self[keyPath: field] += other[keyPath: field] }
    }

    /// In the order in which they are stored.
    static var fields: [WritableKeyPath<CellCounts, UInt64>] {
        [
            \.rows, \.null, \.notANumber, \.positiveInfinity, \.negativeInfinity, \.missingKey, \.expired, \.defaulted,
            \.outOfDomain,
        ]
    }
}
