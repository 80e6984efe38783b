package import FeatureDefs
package import PostgresClient

/// A column of the table that a source is.
package struct TableColumn: Hashable, Sendable {
    package let described: DescribedColumn
    /// The type without what the column says of it, such as a length: a cast to `varchar(20)` would cut a longer text off, which
    /// an insertion refuses.
    let baseType: String
}

/// Inserts pushed rows into a source's table, each once, however often it is pushed.
package struct SourceInsertion: Sendable {
    private let connection: PostgresConnection
    private let source: SourcePlan

    package init(into source: SourcePlan, on connection: PostgresConnection) {
        self.source = source
        self.connection = connection
    }

    /// The columns of the source's table. Throws `PushError.notATable` when it has none to insert into.
    package func tableColumns() async throws -> [TableColumn] {
        guard case .table = source.relation else { throw PushError.notATable(source: source.name) }
        let name = try source.relation.sql()
        let kind = try await connection.execute(
            "SELECT relkind FROM pg_catalog.pg_class WHERE oid = to_regclass($1)", [.text(name.text)]
        ).firstCell
        guard kind == "r" || kind == "p" else { throw PushError.notATable(source: source.name) }
        let described = try await DescribedColumn.describe("SELECT * FROM \(name.text)", on: connection)
        let bases = try await connection.execute(
            """
            SELECT format_type(coalesce(nullif(t.typbasetype, 0), t.oid), -1)
            FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """, [.text(name.text)]
        ).rows
        return zip(described, bases).compactMap { column, row in row[0].map { TableColumn(described: column, baseType: $0) } }
    }

    /// Inserts, in one transaction, the rows that the table does not have. Returns how many those are.
    ///
    /// The table has a row when one has the same keys, event and created timestamp; for a row that does not say when it was
    /// created, when one has the same keys, event and values. Throws `PushError.conflict` for one that has other values.
    ///
    /// - Parameters:
    ///   - gate: what the inserted rows are held to; where they break it, `PushError.breaksExpectations` is thrown and none is inserted.
    ///   - identifying: columns by which its examples name rows, where no unique ones are declared.
    ///   - others: what else is done in the transaction, once the rows are in it and have kept to the gate.
    package func insert(
        _ rows: PushableRows, heldTo gate: SourceExpectations?, identifying: [ColumnReference], now: Timestamp,
        with others: () async throws -> Void = {}
    ) async throws -> Int {
        let statement = try Statement(rows)
        return try await connection.transaction {
            // One push at a time: two that bring the same row must not both find it missing.
            try await AdvisoryLock("asof.push \(try source.relation.sql().text)").holdInTransaction(on: connection)
            let conflict = try await connection.execute(statement.conflict.text, statement.parameters).firstCell
            if let row = conflict.flatMap({ Int($0) }) {
                throw PushError.conflict(row: row, createdColumn: source.createdTimestamp?.name)
            }
            let inserted = try await connection.execute(statement.insertion.text, statement.parameters).rows
            if let gate, !inserted.isEmpty {
                let places = inserted.compactMap { RowPlace(table: $0[0], place: $0[1]) }
                let report = try await SourceChecker(connection: connection)
                    .check(gate, at: places, now: now, identifying: identifying)
                if report.outcome == .fail { throw PushError.breaksExpectations(source: source.name, reason: report.brokenText) }
            }
            try await others()
            return inserted.count
        }
    }

    /// The two statements over the same pushed rows.
    private struct Statement {
        let rows: PushableRows
        let parameters: [PostgresParameter]
        private let pushed: SQLFragment
        private let table: SQLFragment
        private let pushedAlias = "p" as SQLFragment
        private let tableAlias = "t" as SQLFragment

        init(_ rows: PushableRows) throws {
            self.rows = rows
            parameters =
                rows.columns.map { column in .textArray(rows.rows.map { column.texts[$0] }) }
                + [
                    .textArray(rows.rows.map { rows.saysCreated[$0] ? "true" : "false" }),
                    .int64Array(rows.rows.map { Int64($0) }),
                ]
            table = try rows.source.relation.sql()
            var casts: [SQLFragment] = []
            var arrays: [SQLFragment] = []
            var names: [SQLFragment] = []
            for (index, column) in rows.columns.enumerated() {
                let name = "c\(SQLFragment(number: index + 1))" as SQLFragment
                names.append(name)
                arrays.append("$\(SQLFragment(number: index + 1))::text[]")
                casts.append("u.\(name)::\(SQLFragment(databaseType: column.baseType)) AS \(try SQLIdentifier(column.name))")
            }
            let count = rows.columns.count
            arrays += ["$\(SQLFragment(number: count + 1))::bool[]", "$\(SQLFragment(number: count + 2))::int8[]"]
            pushed = """
                WITH pushed AS MATERIALIZED (
                    SELECT \(casts.joined()), u.asof_says_created, u.asof_row
                    FROM unnest(\(arrays.joined())) AS u(\(names.joined()), asof_says_created, asof_row)
                )
                """
        }

        private func column(_ name: String, of alias: SQLFragment) throws -> SQLFragment {
            "\(alias).\(try SQLIdentifier(name))"
        }

        /// The pushed value as the column will have it: with its scale or precision.
        private func stored(_ column: PushableRows.Column) throws -> SQLFragment {
            "\(try self.column(column.name, of: pushedAlias))::\(SQLFragment(databaseType: column.databaseType))"
        }

        private func same(_ column: PushableRows.Column) throws -> SQLFragment {
            let (mine, its) = (try stored(column), try self.column(column.name, of: tableAlias))
            let hasNull = column.texts.contains { $0 == nil }
            // An index serves `=` only.
            return hasNull ? "\(its) IS NOT DISTINCT FROM \(mine)" : "\(its) = \(mine)"
        }

        /// The conditions on a row of the table to be the pushed one, but for its values.
        private func isSame() throws -> [SQLFragment] {
            var conditions: [SQLFragment] = []
            for column in rows.ownColumns { conditions.append(try same(column)) }
            if let created = rows.createdColumn {
                conditions.append("(NOT \(pushedAlias).asof_says_created OR \(try same(created)))")
            }
            return conditions
        }

        /// By their text, which every type has; equality is not for all.
        private func hasSameValues() throws -> [SQLFragment] {
            try rows.valueColumns.map { value in
                "\(try column(value.name, of: tableAlias))::text IS NOT DISTINCT FROM \(try stored(value))::text"
            }
        }

        private func exists(_ conditions: [SQLFragment]) -> SQLFragment {
            "EXISTS (SELECT FROM \(table) AS \(tableAlias) WHERE \(conditions.joined(separator: " AND ")))"
        }

        /// The first pushed row that contradicts one of the table.
        var conflict: SQLFragment {
            get throws {
                """
                \(pushed)
                SELECT min(\(pushedAlias).asof_row) FROM pushed AS \(pushedAlias)
                WHERE \(pushedAlias).asof_says_created AND \(exists(try isSame()))
                    AND NOT \(exists(try isSame() + hasSameValues()))
                """
            }
        }

        var insertion: SQLFragment {
            get throws {
                var names: [SQLFragment] = []
                var values: [SQLFragment] = []
                for column in rows.columns {
                    names.append("\(try SQLIdentifier(column.name))")
                    values.append(try self.column(column.name, of: pushedAlias))
                }
                return """
                    \(pushed),
                    inserted AS (
                        INSERT INTO \(table) (\(names.joined()))
                        SELECT \(values.joined()) FROM pushed AS \(pushedAlias)
                        WHERE NOT \(exists(try isSame() + hasSameValues()))
                        ORDER BY \(pushedAlias).asof_row
                        RETURNING tableoid, ctid
                    )
                    SELECT tableoid, ctid FROM inserted
                    """
            }
        }
    }
}
