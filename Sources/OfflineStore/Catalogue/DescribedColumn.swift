package import FeatureDefs
package import PostgresClient

/// A column of a table or a query, as Postgres' catalogue has it.
package struct DescribedColumn: Hashable, Sendable {
    package let name: String
    /// As Postgres spells it: `bigint`, `numeric(10,2)`.
    package let databaseType: String
    /// nil for a type that no feature type stands for.
    package let storage: ColumnStorage?
}

extension DescribedColumn {
    /// The columns that a query would return, without running it. A domain counts as what it is made from.
    package static func describe(_ query: String, on connection: PostgresConnection) async throws -> [DescribedColumn] {
        let columns = try await connection.describe(query)
        let plain = columns.compactMap(DescribedColumn.init(ofPlain:))
        if plain.count == columns.count { return plain }
        let rows = try await connection.execute(
            """
            SELECT format_type(c.type::oid, c.modifier::int4), coalesce(nullif(t.typbasetype, 0), t.oid)
            FROM unnest($1::int8[], $2::int8[]) WITH ORDINALITY AS c(type, modifier, position)
            JOIN pg_catalog.pg_type AS t ON t.oid = c.type::oid
            ORDER BY c.position
            """,
            [
                .int64Array(columns.map { Int64($0.type.oid) }),
                .int64Array(columns.map { Int64($0.typeModifier) }),
            ]
        ).rows
        return zip(columns, rows).map { column, row in
            DescribedColumn(
                name: column.name,
                databaseType: row[0] ?? "unknown",
                storage: row[1].flatMap { UInt32($0) }.flatMap { ColumnStorage(PostgresTypeID($0)) }
            )
        }
    }
}

extension DescribedColumn {
    /// A column of which its type tells all, as most are; nil for another.
    private init?(ofPlain column: PostgresColumn) {
        guard column.typeModifier == -1, let storage = ColumnStorage(column.type), let type = storage.plainType
        else { return nil }
        self.init(name: column.name, databaseType: type, storage: storage)
    }
}

extension ColumnStorage {
    /// How Postgres' `format_type` spells the type without a modifier; nil for `bpchar`, which is seldom without.
    fileprivate var plainType: String? {
        switch self {
        case .int2: "smallint"
        case .int4: "integer"
        case .int8: "bigint"
        case .float4: "real"
        case .float8: "double precision"
        case .text: "text"
        case .varchar: "character varying"
        case .bpchar: nil
        case .bool: "boolean"
        case .timestamptz: "timestamp with time zone"
        case .timestamp: "timestamp without time zone"
        case .date: "date"
        case .bytea: "bytea"
        case .uuid: "uuid"
        case .numeric: "numeric"
        case .array(let element): ColumnStorage(element.rawValue)?.plainType.map { $0 + "[]" }
        }
    }

    /// The storage of a built-in type; nil for the types that definitions cannot read.
    init?(_ type: PostgresTypeID) {
        let known: [PostgresTypeID: ColumnStorage] = [
            .int2: .int2, .int4: .int4, .int8: .int8, .float4: .float4, .float8: .float8, .text: .text,
            .varchar: .varchar, .bpchar: .bpchar, .bool: .bool, .timestamptz: .timestamptz, .timestamp: .timestamp,
            .date: .date, .bytea: .bytea, .uuid: .uuid, .numeric: .numeric,
            .int2Array: .array(.int2), .int4Array: .array(.int4), .int8Array: .array(.int8),
            .float4Array: .array(.float4), .float8Array: .array(.float8), .textArray: .array(.text),
            .varcharArray: .array(.varchar), .bpcharArray: .array(.bpchar), .boolArray: .array(.bool),
            .timestamptzArray: .array(.timestamptz), .byteaArray: .array(.bytea), .uuidArray: .array(.uuid),
        ]
        guard let storage = known[type] else { return nil }
        self = storage
    }
}
