import Evaluation
import FeatureDefs
import OfflineStore
import Oracle
import PostgresClient
import Verification

/// What came of an expression for one row.
enum ExpressionOutcome: Hashable, CustomStringConvertible {
    case value(FeatureValue)
    case error(sqlState: String)

    var description: String {
        switch self {
        case .value(let value): value.text ?? "NULL"
        case .error(let sqlState): "error \(sqlState)"
        }
    }
}

/// A table with a column of every storage and rows of adversarial values, in Postgres and in memory.
struct ExpressionPostgres {
    struct Column {
        let reference: ColumnReference
        let values: [FeatureValue]
    }

    let connection: PostgresConnection
    let columns: [Column]
    static let rowCount = 600

    /// Two columns of each storage, with names that need quoting.
    init(_ connection: PostgresConnection, seed: UInt64) async throws {
        self.connection = connection
        var random = SeededGenerator(seed: seed)
        columns = ColumnStorage.allCases.flatMap { storage in
            ["\(storage) A", "\(storage) \"b\""].map { name in
                let choices = AdversarialValues.values(storedAs: storage)
                let values = (0..<Self.rowCount).map { _ in random.oneIn(7) ? FeatureValue.null : random.pick(choices) }
                return Column(reference: ColumnReference(name: name, storage: storage), values: values)
            }
        }
        var declarations = ["id int8 PRIMARY KEY"]
        for column in columns {
            let name = try SQLIdentifier(column.reference.name).quoted
            declarations.append("\(name) \(PostgresText.columnType(column.reference.storage))")
        }
        try await connection.execute("CREATE TEMPORARY TABLE inputs (\(declarations.joined(separator: ", ")))")
        let lines = (0..<Self.rowCount).map { row in
            PostgresText.copyLine([(.int64(Int64(row)), .int8)] + columns.map { ($0.values[row], $0.reference.storage) })
        }
        try await connection.copyIn("COPY inputs FROM STDIN") { writer in
            for line in lines { try writer.write(line) }
        }
        // Each evaluation is a savepoint of its own. The id keeps the planner from knowing the row.
        try await connection.executeScript(
            """
            CREATE FUNCTION pg_temp.outcome(expression text, row_id int8) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE result text;
            BEGIN
                EXECUTE 'SELECT ''='' || (' || expression || ') FROM inputs t WHERE id = ' || row_id INTO STRICT result;
                RETURN result;
            EXCEPTION WHEN OTHERS THEN
                RETURN '!' || SQLSTATE;
            END $$
            """)
    }

    var inputs: [(input: ColumnReference, type: FeatureType)] {
        columns.map { ($0.reference, $0.reference.storage.featureType) }
    }

    /// One of `expressions` on one row of the table.
    struct Probe {
        let expression: Int
        let row: Int
    }

    func inPostgres(_ expressions: [TypedExpression<ColumnReference>], _ probes: [Probe]) async throws -> [ExpressionOutcome] {
        let emitter = ExpressionEmitter(columnsOf: try SQLIdentifier("t"))
        var texts: [String] = []
        for expression in expressions { texts.append(try emitter.emit(expression).fragment.text) }
        return try await outcomes(probes.map { (texts[$0.expression], expressions[$0.expression].type, $0.row) })
    }

    /// What SQL expressions over a row `t` of the table give.
    func outcomes(_ queries: [(sql: String, type: FeatureType, row: Int)]) async throws -> [ExpressionOutcome] {
        let texts = queries.map { Self.asText($0.sql, $0.type) }
        let result = try await connection.execute(
            """
            SELECT pg_temp.outcome(e, r) FROM unnest($1::text[], $2::int8[]) WITH ORDINALITY AS p(e, r, n) ORDER BY n
            """,
            [.textArray(texts), .int64Array(queries.map { Int64($0.row) })]
        )
        return try zip(queries, result.rows).map { query, row in
            try Self.outcome(row[0], type: query.type, sql: query.sql)
        }
    }

    /// A column's value in a row; NULL for one that the table does not have.
    func value(of column: String, row: Int) -> FeatureValue {
        columns.first { $0.reference.name == column }?.values[row] ?? .null
    }

    func natively(_ expressions: [TypedExpression<ColumnReference>], _ probes: [Probe]) -> [ExpressionOutcome] {
        let slots = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.reference, $0) })
        let programs = expressions.map { CompiledExpression($0, slots: { slots[$0] ?? -1 }) }
        return probes.map { probe in
            do throws(EvaluationError) {
                return .value(try programs[probe.expression].evaluate(input: { columns[$0].values[probe.row] }))
            } catch {
                return .error(sqlState: error.sqlState)
            }
        }
    }

    /// A timestamp as whole microseconds, since its text may say BC.
    private static func asText(_ sql: String, _ type: FeatureType) -> String {
        if type == .list(.timestamp) { return asEpochs(sql) }
        guard type == .timestamp else { return "(\(sql))::text" }
        return """
            (SELECT CASE WHEN isfinite(x) THEN (extract(epoch FROM x) * 1000000)::int8::text ELSE x::text END
            FROM (SELECT \(sql) OFFSET 0) AS s(x))
            """
    }

    /// A list of timestamps as one of whole microseconds.
    private static func asEpochs(_ sql: String) -> String {
        """
        (SELECT CASE WHEN x IS NOT NULL THEN ARRAY(
            SELECT CASE WHEN isfinite(t) THEN (extract(epoch FROM t) * 1000000)::int8::text ELSE t::text END
            FROM unnest(x) WITH ORDINALITY AS u(t, n) ORDER BY n
        )::text END
        FROM (SELECT \(sql) OFFSET 0) AS s(x))
        """
    }

    private static func outcome(_ cell: String?, type: FeatureType, sql: String) throws -> ExpressionOutcome {
        guard let cell else { return .value(.null) }
        // By code points: a combining mark would join the sign before it.
        let rest = String(cell.unicodeScalars.dropFirst())
        if cell.utf8.first == UInt8(ascii: "!") { return .error(sqlState: rest) }
        if type == .timestamp, let microseconds = Int64(rest) { return .value(.timestamp(Timestamp(microseconds: microseconds))) }
        if type == .list(.timestamp) {
            guard let texts = FeatureList(parsing: rest, of: .string) else { throw UnreadableValue(text: rest, sql: sql) }
            let instants = texts.values.map { value -> FeatureValue in
                guard let text = value.text else { return .null }
                return Int64(text).map { .timestamp(Timestamp(microseconds: $0)) } ?? Timestamp(text).map { .timestamp($0) }
                    ?? .null
            }
            return .value(.list(FeatureList(instants, of: .timestamp)))
        }
        guard let value = FeatureValue(parsing: rest, as: type) else { throw UnreadableValue(text: rest, sql: sql) }
        return .value(value)
    }

    struct UnreadableValue: Error {
        let text: String
        let sql: String
    }
}
