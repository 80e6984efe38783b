import FeatureDefs
import PostgresClient

/// How much of a source there was to see when a training set was made.
package struct SourceMark: Codable, Hashable, Sendable {
    package let source: String
    /// `transactions`, or the source's query.
    package let relation: String
    /// Rows with an event timestamp that were available as of the run; nil where counting them would have taken longer than the
    /// training set.
    package let rows: Int?
    /// When the newest of them became available; nil without rows, and where nobody looked.
    package let maxAvailable: String?
    /// How many of them became available before they happened, as no system could have known them; nil where nobody looked.
    package let rowsKnownBeforeTheyHappened: Int?
}

/// Reads the marks of the sources that a selection reads: beside the join, on a connection that sees the same snapshot.
///
/// A count takes a scan of the whole source, whatever its indexes, which a few probes of a large one should not wait for.
struct SourceMarkReader: Sendable {
    private static let secondsPerRow = 6e-8
    /// Scans that are estimated to take no longer are made in any case.
    private static let alwaysAffordableSeconds = 1.0

    let connection: PostgresConnection
    let asOf: Timestamp?
    /// How long a scan may take: about as long as the join.
    let affordableSeconds: Double

    func read(_ views: [FeatureViewPlan]) async throws -> [SourceMark] {
        var marks: [SourceMark] = []
        for view in views where !marks.contains(where: { $0.source == view.source.name }) {
            marks.append(try await isAffordable(view.source) ? read(view) : uncounted(view.source))
        }
        return marks
    }

    private func isAffordable(_ source: SourcePlan) async throws -> Bool {
        let planned = try await PlannedQuery.read("SELECT FROM \(try source.relation.sql()) AS source", on: connection)
        return planned.rows * Self.secondsPerRow <= max(Self.alwaysAffordableSeconds, affordableSeconds)
    }

    private func uncounted(_ source: SourcePlan) -> SourceMark {
        SourceMark(
            source: source.name, relation: source.relation.shown, rows: nil, maxAvailable: nil, rowsKnownBeforeTheyHappened: nil)
    }

    private func read(_ view: FeatureViewPlan) async throws -> SourceMark {
        let rows = try SourceRows(view: view, knowledge: .asKnown, asOf: asOf)
        let event = try rows.stored(view.source.eventTimestamp)
        let recorded = try rows.recorded()
        var known: [SQLFragment] = ["\(event) IS NOT NULL"]
        if let asOf { known.append("\(recorded.operand(above: .comparison)) <= \(SQLLiteral(asOf))") }
        let early: SQLFragment =
            view.source.createdTimestamp == nil
            ? "0"
            : "count(*) FILTER (WHERE \(recorded.operand(above: .comparison)) < \(try rows.event().operand(above: .comparison)))"
        let query: SQLFragment = """
            SELECT count(*), max(\(recorded)), \(early)
            FROM \(try view.source.relation.sql()) AS \(rows.alias)
            WHERE \(known.joined(separator: " AND "))
            """
        let cells = try await connection.execute(query.text).rows.first ?? []
        let newest = cells.count > 1 ? cells[1] : nil
        return SourceMark(
            source: view.source.name,
            relation: view.source.relation.shown,
            rows: cells.first.flatMap { $0 }.flatMap { Int($0) } ?? 0,
            maxAvailable: newest.map { Timestamp($0)?.description ?? $0 },
            rowsKnownBeforeTheyHappened: cells.count > 2 ? cells[2].flatMap { Int($0) } ?? 0 : 0
        )
    }
}

extension SourcePlan.Relation {
    /// As a person would write it.
    var shown: String {
        switch self {
        case .table(let parts): parts.joined(separator: ".")
        case .query(let sql): sql
        }
    }
}
