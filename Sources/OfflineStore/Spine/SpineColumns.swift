import FeatureDefs
import PostgresClient

/// Which of a spine's columns are its timestamp, join keys and request inputs: positions into its columns.
struct SpineColumns: Hashable, Sendable {
    let timestamp: Int
    let joinKeys: [Int]
    let requestInputs: [Int]

    /// Finds the columns by name, or says which is missing.
    init(
        names: [String],
        timestamp: String,
        joinKeys: [JoinKey],
        requestInputs: [RequestInput]
    ) throws(SpineError) {
        for (index, name) in names.enumerated() {
            if names[..<index].contains(name) { throw .duplicateColumn(name) }
            try Self.refuseWhatPostgresCannotHold(name)
            if name.hasPrefix(SpineTable.reservedPrefix) { throw .reservedColumn(name) }
        }
        guard let timestampIndex = names.firstIndex(of: timestamp) else {
            throw .missingTimestampColumn(timestamp, available: names)
        }
        self.timestamp = timestampIndex
        var keyIndices: [Int] = []
        for key in joinKeys {
            guard let index = names.firstIndex(of: key.name) else { throw .missingKeyColumn(key, available: names) }
            keyIndices.append(index)
        }
        self.joinKeys = keyIndices
        var requestIndices: [Int] = []
        for input in requestInputs {
            guard let index = names.firstIndex(of: input.name) else {
                throw .missingRequestColumn(input, available: names)
            }
            requestIndices.append(index)
        }
        self.requestInputs = requestIndices
    }

    /// One strategy brings the spine into Postgres; a spine is the same whatever strategy joins it.
    private static func refuseWhatPostgresCannotHold(_ name: String) throws(SpineError) {
        do throws(PostgresError) {
            _ = try SQLIdentifier(name)
        } catch {
            throw .unusableColumnName(name, reason: error.message)
        }
    }

    /// Finds what a selection needs.
    init(names: [String], timestamp: String, selection: FeatureSelection) throws(SpineError) {
        try self.init(
            names: names,
            timestamp: timestamp,
            joinKeys: selection.joinKeys,
            requestInputs: selection.requestInputs
        )
    }
}
