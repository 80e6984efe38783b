package import DriftMonitor
import FeatureDefs
package import OfflineStore
package import PostgresClient

/// Why outcomes cannot be read.
package enum OutcomeError: Error, Hashable, Sendable, CustomStringConvertible {
    case notInDatabase(String)
    case withoutTime(rows: Int)
    case scoreOutside(rows: Int)
    /// A label that is neither yes nor no.
    case otherLabel(String, rows: Int)

    package var description: String {
        switch self {
        case .notInDatabase(let source):
            "outcomes are read from the offline store: table:NAME or sql:SELECT ..., not \(source)"
        case .withoutTime(let rows):
            "\(rows) rows of the outcomes are labelled positive without a `labelled_at`: how late labels come is what they are read for"
        case .scoreOutside(let rows):
            "\(rows) rows of the outcomes have a `score` outside of 0..1; it is the probability of the positive class"
        case .otherLabel(let label, let rows):
            "\(rows) rows of the outcomes have a `label` such as `\(label)`, which is neither a bool nor 0 or 1; a model of more classes is "
                + "judged one class at a time: sql:SELECT ..., p_a AS score, label = 'a' AS label ..."
        }
    }
}

/// Reads predictions and their labels: columns `event_timestamp`, `score`, `label` (bool or 0 and 1; NULL: none yet) and `labelled_at`.
package struct OutcomeReader: Sendable {
    /// Days before the one judged that are read.
    package static let historyDays = 240

    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    package func read(_ source: SpineSource, through day: Int) async throws -> [Outcome] {
        let relation: SQLFragment
        switch source {
        case .csv, .parquet: throw OutcomeError.notInDatabase(source.description)
        case .table(let parts):
            var names: [SQLFragment] = []
            for part in parts { names.append("\(try SQLIdentifier(part))") }
            relation = names.joined(separator: ".")
        case .query(let sql): relation = "(\n\(SQLFragment(sourceQuery: sql))\n)"
        }
        let query: SQLFragment = """
            SELECT extract(epoch FROM event_timestamp)::float8 / 86400, score::float8,
                CASE WHEN label::text IN ('true', '1') THEN 1 WHEN label::text IN ('false', '0') THEN 0 END,
                extract(epoch FROM labelled_at)::float8 / 86400, left(label::text, 60)
            FROM \(relation) AS outcomes
            WHERE event_timestamp >= to_timestamp($1) AND event_timestamp < to_timestamp($2) AND score IS NOT NULL
            """
        let bounds = [day - Self.historyDays, day + 1].map { PostgresParameter.float64(Double($0) * 86_400) }
        var outcomes: [Outcome] = []
        var (withoutTime, outside, others) = (0, 0, 0)
        var other: String?
        for row in try await connection.execute(query.text, bounds).rows {
            guard let made = row[0].flatMap({ Double($0) }), let score = row[1].flatMap({ Double($0) }) else { continue }
            if !(0...1).contains(score) { outside += 1 }
            let labelled = row[3].flatMap { Double($0) }
            if row[2] == nil, let label = row[4] {
                others += 1
                other = other.map { min($0, label) } ?? label
            }
            let isPositive = row[2] == "1"
            if isPositive, labelled == nil { withoutTime += 1 }
            outcomes.append(Outcome(day: made, score: score, positiveOn: isPositive ? labelled : nil))
        }
        if let other { throw OutcomeError.otherLabel(other, rows: others) }
        if withoutTime > 0 { throw OutcomeError.withoutTime(rows: withoutTime) }
        if outside > 0 { throw OutcomeError.scoreOutside(rows: outside) }
        return outcomes
    }
}
