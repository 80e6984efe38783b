package import FeatureDefs
package import PostgresClient

/// Measures how late the rows of sources came. Two scans of each source.
package struct SourceLatenessReader: Sendable {
    private let connection: PostgresConnection
    private let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    /// - Parameter since: of rows that became available, and runs that were made, from then on.
    package func read(_ views: [FeatureViewPlan], since: Timestamp) async throws -> [SourceLateness] {
        var found: [SourceLateness] = []
        for (source, own) in Dictionary(grouping: views, by: \.source).sorted(by: { $0.key.name < $1.key.name }) {
            guard let view = own.first else { continue }
            let names = Set(own.map(\.name)).sorted()
            let recorded = source.createdTimestamp == nil ? nil : try await self.recorded(view, since: since)
            let arrival = try await self.arrival(view, of: names, since: since)
            found.append(
                SourceLateness(
                    source: source.name, views: names, hasCreatedTimestamp: source.createdTimestamp != nil,
                    delay: source.delay, lag: own.compactMap(\.schedule?.lag).min(), recorded: recorded,
                    arrival: arrival?.distribution, missed: arrival?.missed ?? 0))
        }
        return found
    }

    /// `percentile_disc(ARRAY[0.5, ...]) WITHIN GROUP (ORDER BY late)`, as a text that `quantiles` reads.
    private static let quantiles = """
        array_to_string(percentile_disc(ARRAY[\(SourceLateness.shares.map { "\($0)" }.joined(separator: ", "))]::float8[]) \
        WITHIN GROUP (ORDER BY late), ',')
        """

    private static func quantiles(_ text: String?) -> [Period] {
        (text ?? "").split(separator: ",").compactMap { Int64($0) }.map { Period(microseconds: $0) }
    }

    private func recorded(_ view: FeatureViewPlan, since: Timestamp) async throws -> SourceLateness.Distribution? {
        let rows = try SourceRows(view: view, knowledge: .asServed)
        let (event, available) = (try rows.event(), try rows.recorded())
        let row = try await connection.execute(
            """
            SELECT count(*), \(Self.quantiles) FROM (
                SELECT (extract(epoch FROM available - event) * 1000000)::int8 AS late
                FROM (SELECT \(event.fragment.text) AS event, \(available.fragment.text) AS available FROM \(try rows.relation().text)) AS r
                WHERE isfinite(event) AND isfinite(available) AND available >= $1 AND available <= clock_timestamp()
            ) AS measured
            """,
            [.timestamptz(microseconds: since.microseconds)]
        ).rows.first
        guard let row, let count = row[0].flatMap({ Int($0) }), count > 0 else { return nil }
        return .init(rows: count, quantiles: Self.quantiles(row[1]))
    }

    /// Rows are bracketed by the runs of the source's views: one of a transaction that had no number yet when a run began was not
    /// there for it. Runs that read another table of the name say nothing: it was restored, truncated, written anew.
    private func arrival(
        _ view: FeatureViewPlan, of names: [String], since: Timestamp
    ) async throws -> (distribution: SourceLateness.Distribution, missed: Int)? {
        let state = try await SourceState.read(view.source.relation, on: connection).state
        guard let storage = state.storage else { return nil }
        let runs = try await connection.execute(
            """
            WITH runs AS (
                SELECT next_transaction, started_at, max(cut) OVER (ORDER BY next_transaction, started_at) AS cut
                FROM asof.materializations
                WHERE project = $1 AND view = ANY ($2::text[]) AND next_transaction IS NOT NULL AND storage = $4
            )
            SELECT array_agg(next_transaction ORDER BY next_transaction, started_at)::text,
                array_agg(started_at ORDER BY next_transaction, started_at)::text,
                array_agg(cut ORDER BY next_transaction, started_at)::text
            FROM runs
            WHERE started_at >= (SELECT coalesce(max(started_at), '-infinity') FROM runs WHERE started_at <= $3)
            """,
            [.text(project), .textArray(names.map { $0 }), .timestamptz(microseconds: since.microseconds), .text(storage)]
        ).rows.first
        guard let runs, let transactions = runs[0], let starts = runs[1], let cuts = runs[2] else { return nil }
        let rows = try SourceRows(view: view, knowledge: .asServed)
        let row = try await connection.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE late > 0), \(Self.quantiles) FROM (
                SELECT CASE WHEN available <= (($3::timestamptz[])[run]) THEN greatest(
                    0, (extract(epoch FROM ($2::timestamptz[])[run] - available) * 1000000)::int8) ELSE 0 END AS late
                FROM (
                    SELECT available, width_bucket(number, $1::bigint[]) AS run
                    FROM (
                        SELECT \(try rows.event().fragment.text) AS event, \(try rows.recorded().fragment.text) AS available,
                            $4::bigint - (($4::bigint - \(rows.alias.quoted).xmin::text::bigint) & 4294967295) AS number
                        FROM \(try rows.relation().text)
                    ) AS numbered
                    WHERE number >= ($1::bigint[])[1] AND isfinite(event) AND isfinite(available)
                ) AS bracketed
            ) AS measured
            """,
            [.text(transactions), .text(starts), .text(cuts), .int64(state.nextTransaction)]
        ).rows.first
        guard let row, let count = row[0].flatMap({ Int($0) }), count > 0, let missed = row[1].flatMap({ Int($0) }) else {
            return nil
        }
        return (.init(rows: count, quantiles: Self.quantiles(row[2])), missed)
    }
}
