package import FeatureDefs
package import PostgresClient

extension ColumnReference {
    /// Reads the column from a relation, cast to the type that expressions know: `t."amount"::float8`.
    ///
    /// - Parameter relation: the alias of the relation; nil where the name alone is clear.
    package func expression(of relation: SQLIdentifier?) throws(PostgresError) -> SQLExpression {
        let name = try SQLIdentifier(self.name)
        let column: SQLFragment = if let relation { "\(relation).\(name)" } else { "\(name)" }
        return storage.canonical(SQLExpression(column, .primary))
    }
}

extension ColumnStorage {
    /// A stored value as the feature type's Postgres type.
    package func canonical(_ stored: SQLExpression) -> SQLExpression {
        switch self {
        case .int8, .float4, .float8, .text, .bool, .timestamptz, .bytea, .uuid: stored
        case .int2, .int4: SQLExpression("\(stored.operand(atLeast: .cast))::int8", .cast)
        // Also cuts off the blanks that bpchar pads with.
        case .varchar, .bpchar: SQLExpression("\(stored.operand(atLeast: .cast))::text", .cast)
        case .numeric: SQLExpression("\(stored.operand(atLeast: .cast))::float8", .cast)
        case .timestamp: Self.instant(stored)
        case .date: Self.instant(SQLExpression("\(stored.operand(atLeast: .cast))::timestamp", .cast))
        case .array(let element): element.canonicalArray(stored)
        }
    }

    /// A `timestamp`, as the instant at which the clocks of UTC show it.
    private static func instant(_ clock: SQLExpression) -> SQLExpression {
        SQLExpression(
            "\(clock.operand(atLeast: .atTimeZone)) AT TIME ZONE 'UTC'",
            .atTimeZone,
            clockInUTC: clock.fragment
        )
    }
}

extension ColumnStorage.Element {
    /// A stored array as a list: of one dimension and counted from 1, for Postgres' `=` minds bounds. An array of two
    /// dimensions is an error, which the cast of a text that is no array raises and whose message holds the text.
    fileprivate func canonicalArray(_ stored: SQLExpression) -> SQLExpression {
        let list = FeatureType.list(scalar)
        let array = stored.operand(atLeast: .primary)
        let converted: SQLFragment =
            switch self {
            case .int8, .float4, .float8, .text, .bool, .timestamptz, .bytea, .uuid: "\(array)[:]"
            // Also cuts off the blanks that bpchar pads with.
            case .int2, .int4, .varchar, .bpchar: "\(array)[:]::\(list.sqlType)"
            }
        return SQLExpression(
            """
            CASE WHEN array_ndims(\(array)) > 1 \
            THEN ('a list has one dimension; this array has ' || array_dims(\(array)))::\(list.sqlType) \
            ELSE \(converted) END
            """,
            .primary,
            storedArray: array
        )
    }
}

extension ExpressionEmitter where Input == ColumnReference, Failure == PostgresError {
    /// An emitter for expressions over a relation's own columns.
    package init(columnsOf relation: SQLIdentifier?) {
        self.init { column throws(PostgresError) in try column.expression(of: relation) }
    }
}
