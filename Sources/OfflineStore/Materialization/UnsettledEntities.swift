package import FeatureDefs
package import PostgresClient

/// The entities of a view that were written online outside of runs, by pushes.
///
/// A run misses rows that are gone by counting those that the run before saw (`SourceRowCounts`). A pushed row that goes before any run
/// has seen it is not among them, and yet it is online. So a push notes its entities in the transaction that inserts its rows, before
/// it writes any online, and each run computes those that are noted, whether they still have rows or not.
///
/// A note is forgotten by a run that saw it, once whatever its push wrote is in Redis and is older than what that run wrote: `grace`
/// after it was made.
package struct UnsettledEntities: Hashable, Sendable {
    /// A push that has not begun to write so long after its notes gives up.
    package static let longestPush = Duration.seconds(60)
    /// Longer than `longestPush` and the time that Redis may take for the last command.
    static let grace = Period(microseconds: 180_000_000)

    private let view: FeatureViewPlan
    private let project: String

    package init(of view: FeatureViewPlan, in project: String) {
        self.view = view
        self.project = project
    }

    /// Notes entities, each with the values of the view's join keys, none of which is NULL. Within the transaction of what is pushed.
    package func note(_ keys: [[FeatureValue]], at instant: Timestamp, on connection: PostgresConnection) async throws {
        guard !keys.isEmpty else { return }
        let fixed: [PostgresParameter] = [
            .text(project), .text(view.name), .text(keyNames), .timestamptz(microseconds: instant.microseconds),
        ]
        let arrays = view.joinKeys.indices.map { index in PostgresParameter.textArray(keys.map { $0[index].postgresText }) }
        try await connection.execute(
            """
            INSERT INTO asof.unsettled_entities AS noted (project, view, digest, join_keys, keys, noted_at)
            SELECT $1::text, $2::text, sha256(convert_to(concat($3::text, ' ', keys::text), 'UTF8')), $3::text, keys, $4::timestamptz
            FROM (\(given)) AS given
            ON CONFLICT (project, view, digest) DO UPDATE SET noted_at = greatest(noted.noted_at, excluded.noted_at)
            """, fixed + arrays)
    }

    /// `SELECT ARRAY[k1, k2] AS keys FROM unnest($5::text[], $6::text[]) AS u(k1, k2)`
    private var given: String {
        guard !view.joinKeys.isEmpty else { return "SELECT '{}'::text[] AS keys" }
        let names = view.joinKeys.indices.map { "k\($0 + 1)" }.joined(separator: ", ")
        let arrays = view.joinKeys.indices.map { "$\($0 + 5)::text[]" }.joined(separator: ", ")
        return "SELECT ARRAY[\(names)] AS keys FROM unnest(\(arrays)) AS u(\(names))"
    }

    /// What the values are of: those of other names or types are other entities'.
    private var keyNames: String { view.joinKeys.map { "\($0.name) \($0.type)" }.joined(separator: ", ") }

    /// `SELECT u.keys[1]::int8, <instant> FROM asof.unsettled_entities AS u WHERE ...`
    func points(at instant: SQLFragment) throws(PostgresError) -> SQLFragment {
        var columns: [SQLFragment] = []
        for (index, key) in view.joinKeys.enumerated() {
            columns.append("u.keys[\(SQLFragment(number: index + 1))]::\(key.type.sqlType)")
        }
        return "SELECT \((columns + [instant]).joined()) \(noted())"
    }

    /// How many are noted, as the transaction that is open on the connection sees them; without one, at the moment.
    package func count(on connection: PostgresConnection) async throws -> Int64 {
        let count = try await connection.execute("SELECT count(*) \(noted().text)").firstCell
        return count.flatMap { Int64($0) } ?? 0
    }

    private func noted() -> SQLFragment {
        """
        FROM asof.unsettled_entities AS u
            WHERE u.project = \(Self.text(project)) AND u.view = \(Self.text(view.name)) \
        AND u.join_keys = \(Self.text(keyNames))
        """
    }

    private static func text(_ text: String) -> SQLLiteral { SQLLiteral(.string(text), type: .string) }

    /// Forgets the notes that a finished run saw and has outdone, as of its cut and the instant before its snapshot. Within the
    /// transaction that records it. A note that a push is just making anew is passed over: the two wait for no one.
    func settling(asOf instant: Timestamp, seenBy state: SourceState) throws -> PostgresStatement {
        let isNew = RowVersions.areNew(try SQLIdentifier("u"), since: state)
        return PostgresStatement(
            """
            DELETE FROM asof.unsettled_entities WHERE ctid = ANY (ARRAY(
                SELECT u.ctid FROM asof.unsettled_entities AS u
                WHERE u.project = $1 AND u.view = $2 AND u.noted_at < $3 AND NOT (\(isNew.text))
                FOR UPDATE SKIP LOCKED))
            """,
            [
                .text(project), .text(view.name), .timestamptz(microseconds: (instant - Self.grace).microseconds),
            ])
    }
}
