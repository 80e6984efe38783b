import AsOfJoin
import FeatureDefs
import PostgresClient

/// The spine's keys as a condition on what is read of a source, where they are few of those that it has.
///
/// Keys are users' data, and COPY takes no parameters. So they go, as a parameter, into a setting of the transaction, which the
/// statement reads. The condition only narrows what comes: keys are matched here all the same.
struct KeyPushdown: Sendable {
    private enum Keys: Sendable {
        case integers([Int64])
        case texts([String])
    }

    private let column: ColumnReference
    private let keys: Keys

    private static let setting = "asof.spine_keys"
    /// Of so many keys of a source at most one is read; with more, going to the rows one by one costs what it saves.
    private static let sparseness = 8
    /// More make a long setting.
    private static let greatestCount = 100_000
    /// Below so many, a second connection costs more than it gains.
    private static let keysWorthSplitting = 256

    /// nil where the keys are not few, or nothing says how many the source has.
    static func of(
        _ read: SourceRead, _ dictionary: KeyDictionary, on connection: PostgresConnection
    ) async throws -> KeyPushdown? {
        guard dictionary.count <= greatestCount, read.keyColumns.count == 1, case .table = read.source.relation else {
            return nil
        }
        let column = read.keyColumns[0]
        guard let keys = keys(dictionary, column.storage) else { return nil }
        let distinct = try await distinctKeys(of: column.name, in: try read.source.relation.sql(), on: connection)
        guard let distinct, pays(keys: dictionary.count, of: distinct) else { return nil }
        return KeyPushdown(column: column, keys: keys)
    }

    /// Whether so many keys are few of those that a source has.
    static func pays(keys: Int, of distinct: Int) -> Bool { keys <= greatestCount && keys * sparseness <= distinct }

    /// How many keys a table has, where the catalogue knows.
    static func distinctKeys(
        of column: String, in table: SQLFragment, on connection: PostgresConnection
    ) async throws -> Int? {
        try await connection.execute(
            """
            SELECT max(CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * c.reltuples ELSE s.n_distinct END)::int8
            FROM pg_catalog.pg_class AS c
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_stats AS s ON s.schemaname = n.nspname AND s.tablename = c.relname
            WHERE c.oid = pg_catalog.to_regclass($1) AND s.attname = $2
            """,
            [.text(table.text), .text(column)]
        ).firstCell.flatMap { Int($0) }
    }

    private static func keys(_ dictionary: KeyDictionary, _ storage: ColumnStorage) -> Keys? {
        switch storage {
        case .int2, .int4, .int8: return .integers(dictionary.words.map { Int64(bitPattern: $0) })
        case .text, .varchar:
            var texts: [String] = []
            for key in dictionary.byteKeys {
                // Postgres could not take it as a parameter.
                guard let text = String(validating: key, as: UTF8.self), !key.contains(0) else { return nil }
                texts.append(text)
            }
            return .texts(texts)
        case .float4, .float8, .numeric, .bool, .timestamptz, .timestamp, .date, .bpchar, .bytea, .uuid, .array: return nil
        }
    }

    /// The keys for each of some connections.
    func parts(count: Int) -> [PostgresParameter] {
        switch keys {
        case .integers(let keys): Self.parts(keys, count).map { .int64Array($0.map { $0 }) }
        case .texts(let keys): Self.parts(keys, count).map { .textArray($0.map { $0 }) }
        }
    }

    private static func parts<Key>(_ keys: [Key], _ count: Int) -> [ArraySlice<Key>] {
        let count = keys.count < keysWorthSplitting ? 1 : count
        return (0..<count).map { keys[$0 * keys.count / count..<($0 + 1) * keys.count / count] }
    }

    /// Puts some of the keys where the condition looks for them, until the transaction ends.
    func set(_ keys: PostgresParameter, on connection: PostgresConnection) async throws {
        try await connection.execute(
            "SELECT pg_catalog.set_config('\(Self.setting)', $1::\(arrayType)::pg_catalog.text, true) IS NULL", [keys])
    }

    /// `r."card_id" IN (...)`, on the column as it is stored, so that an index on it can be used.
    func condition(alias: SQLIdentifier) throws(PostgresError) -> SQLFragment {
        let column: SQLFragment = "\(alias).\(try SQLIdentifier(column.name))"
        return switch keys {
        case .integers:
            "\(column) IN (SELECT pg_catalog.unnest(pg_catalog.current_setting('asof.spine_keys')::pg_catalog.int8[]))"
        case .texts:
            "\(column) IN (SELECT pg_catalog.unnest(pg_catalog.current_setting('asof.spine_keys')::pg_catalog.text[]))"
        }
    }

    private var arrayType: String {
        switch keys {
        case .integers: "pg_catalog.int8[]"
        case .texts: "pg_catalog.text[]"
        }
    }
}
