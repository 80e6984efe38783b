package import FeatureDefs
package import Oracle

/// One thing to compute in every way: generated rows of the sources, spine rows, and the definitions over them.
package struct VerificationCase: Sendable {
    /// What it was generated from.
    package let seed: UInt64
    /// The definitions, whose sources are the tables of the scratch schema.
    package internal(set) var plan: Plan
    package internal(set) var selection: FeatureSelection
    /// One for each source, and named as it.
    package internal(set) var tables: [RandomTable]
    package internal(set) var spine: VerificationSpine
    package internal(set) var session: SessionTraps

    /// The oracle over the case's rows.
    package var oracle: NaiveTraining {
        NaiveTraining(
            selection, rows: Dictionary(tables.map { ($0.name, $0.naiveRows) }, uniquingKeysWith: { first, _ in first }))
    }
}

/// The spine of a case: an ordinal, a time, and the join keys and request inputs of a selection.
package struct VerificationSpine: Sendable {
    package static let ordinal = "spine row"
    package static let time = "spine time"
    /// As a table of the scratch schema. With a blank, as no source's name has.
    static let tableName = "spine rows"

    package let columns: [RandomTable.Column]
    /// Each row's values of `columns`; the first is the ordinal, which is the row's identity.
    package var rows: [[FeatureValue]]

    init(_ selection: FeatureSelection, rows: [[FeatureValue]] = []) {
        let inputs = selection.joinKeys.map { ($0.name, $0.type) } + selection.mereRequestInputs.map { ($0.name, $0.type) }
        columns =
            [.init(name: Self.ordinal, storage: .int8), .init(name: Self.time, storage: .timestamptz)]
            + inputs.map { .init(name: $0.0, storage: ColumnStorage(ofSpine: $0.1)) }
        self.rows = rows
    }

    var table: RandomTable { RandomTable(name: Self.tableName, columns: columns, rows: rows) }

    /// The row's values by name, as the oracle takes them.
    package func naiveRow(_ index: Int) -> NaiveRow {
        Dictionary(zip(columns.map(\.name), rows[index]), uniquingKeysWith: { first, _ in first })
    }

    /// The row's time; nil when it is NULL.
    package func time(_ index: Int) -> Timestamp? {
        if case .timestamp(let time) = rows[index][1] { time } else { nil }
    }
}

/// What a session may be like without a value changing: its time zone, and how its planner joins.
package struct SessionTraps: Hashable, Sendable {
    package enum Planner: CaseIterable, Sendable {
        case asItIs
        /// Sorts where it can, so that what keeps its order by luck does not.
        case sorting
        /// Reads by indexes where it can.
        case indexes
    }

    package let timeZone: String
    package let planner: Planner

    static let plain = SessionTraps(timeZone: "UTC", planner: .asItIs)

    /// Zones with summer time, with a half-hour offset, and one that skipped a day.
    static let timeZones = ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "UTC"]
}

extension ColumnStorage {
    /// How a spine's table stores values of a type.
    package init(ofSpine type: FeatureType) {
        switch type {
        case .int64: self = .int8
        case .float64: self = .float8
        case .float32: self = .float4
        case .string: self = .text
        case .bool: self = .bool
        case .timestamp: self = .timestamptz
        case .bytes: self = .bytea
        case .uuid: self = .uuid
        case .list(.int64): self = .array(.int8)
        case .list(.float64): self = .array(.float8)
        case .list(.float32), .vector: self = .array(.float4)
        case .list(.string): self = .array(.text)
        case .list(.bool): self = .array(.bool)
        case .list(.timestamp): self = .array(.timestamptz)
        case .list(.bytes): self = .array(.bytea)
        case .list(.uuid): self = .array(.uuid)
        }
    }
}
