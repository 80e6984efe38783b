import Columnar
import FeatureDefs
import PostgresClient

/// Computes some rows' features once more a microsecond earlier: what changes was known at that very instant only, as a row's own
/// event is.
struct MicrosecondCheck: Sendable {
    private static let rows = 100
    private static let timeout = "1s"

    let connection: PostgresConnection
    let request: TrainingRequest
    let schema: TrainingSchema

    enum Outcome {
        case findings([LeakFinding])
        case notChecked(String)
    }

    /// The last thing that a transaction does: a failure ends what it has staged.
    func run(_ sample: ColumnTable) async throws -> Outcome {
        let step = max(1, sample.rowCount / Self.rows)
        let rows = Array(stride(from: 0, to: sample.rowCount, by: step).prefix(Self.rows))
        guard !rows.isEmpty else { return .findings([]) }
        try await connection.execute("SAVEPOINT asof_leak_check")
        do {
            return .findings(try await compare(rows, of: sample))
        } catch let error as PostgresError where error.isDataException || error.sqlState == .queryCanceled {
            try await connection.execute("ROLLBACK TO SAVEPOINT asof_leak_check")
            let reason = error.sqlState == .queryCanceled ? "it takes longer than \(Self.timeout) here" : error.message
            return .notChecked("whether values change within a microsecond: \(reason)")
        }
    }

    private func compare(_ rows: [Int], of sample: ColumnTable) async throws -> [LeakFinding] {
        let spine = SpineTable(
            joinKeys: request.selection.joinKeys, requestInputs: request.selection.requestInputs, columns: [])
        try await connection.executeScript(
            """
            DROP TABLE IF EXISTS pg_temp.\(SpineTable.name);
            \(try spine.creation().text);
            SET LOCAL statement_timeout = '\(Self.timeout)'
            """
        )
        let points = rows.compactMap { point(at: $0, of: sample) }
        try await connection.copyInBinary("COPY pg_temp.\(SpineTable.name) FROM STDIN (FORMAT binary)") { writer in
            for (index, point) in points.enumerated() {
                for (offset, instant) in [point.instant, Timestamp(microseconds: point.instant.microseconds - 1)].enumerated() {
                    try writer.beginRow(fieldCount: 2 + point.values.count)
                    writer.fields.append(Int64(2 * index + offset))
                    writer.fields.append(FeatureValue.timestamp(instant))
                    for value in point.values { writer.fields.append(value) }
                }
            }
        }
        let columns = try await features(spine)
        try await connection.execute("SET LOCAL statement_timeout TO DEFAULT")
        return findings(columns, points: points.count)
    }

    private func features(_ spine: SpineTable) async throws -> [Column] {
        let join = SpineJoinSQL(
            selection: request.selection, spine: spine, knowledge: request.knowledge, asOf: request.asOf)
        let query = try join.query { (features) throws(PostgresError) in
            features.enumerated().map { SpineJoinColumn(sql: $1.fragment, name: "feature_\($0 + 1)") }
        }
        let forms = request.selection.types.map { WireForm(ColumnType($0)) }
        let rows = try await connection.copyOut(
            "COPY (\n\(query.text)\n) TO STDOUT (FORMAT binary)", into: BinaryCopyColumns(forms)
        ) { rows, message in try rows.append(message) }
        try rows.finish()
        return try rows.take().columns
    }

    private func findings(_ columns: [Column], points: Int) -> [LeakFinding] {
        let features = schema.columns.filter(\.isFeature)
        return zip(features, zip(columns, request.selection.types)).compactMap { feature, content in
            let (column, type) = content
            let changed = (0..<points).count { index in
                let now = column.featureValue(at: 2 * index, as: type)
                let before = column.featureValue(at: 2 * index + 1, as: type)
                return now != before && !(now.isNull && before.isNull)
            }
            guard changed > 0 else { return nil }
            return LeakFinding(
                kind: .changesWithinMicrosecond,
                subject: feature.name,
                description:
                    "feature `\(feature.name)` changes in \(changed) of \(points) sampled rows when their time moves back by a "
                    + "microsecond; it may hold the row's own event"
            )
        }
    }

    /// A row's time, keys and request inputs in the definitions' types; nil without a time.
    private func point(at row: Int, of sample: ColumnTable) -> (instant: Timestamp, values: [FeatureValue])? {
        guard case .timestamp(let instant) = value(of: request.timestampColumn, as: .timestamp, at: row, in: sample) else {
            return nil
        }
        let keys = request.selection.joinKeys.map { value(of: $0.name, as: $0.type, at: row, in: sample) }
        let inputs = request.selection.requestInputs.map { value(of: $0.name, as: $0.type, at: row, in: sample) }
        return (instant, keys + inputs)
    }

    private func value(of name: String, as type: FeatureType, at row: Int, in sample: ColumnTable) -> FeatureValue {
        guard let index = schema.columns.firstIndex(where: { $0.name == name }) else { return .null }
        let value = sample.columns[index].featureValue(at: row, as: type)
        switch (value, type) {
        // A file's columns are text; char(n) is padded with blanks.
        case (.string(let text), .string):
            return schema.columns[index].databaseType.hasPrefix("character(")
                ? .string(String(text.reversed().drop { $0 == " " }.reversed())) : value
        case (.string(let text), _): return FeatureValue(parsing: text, as: type) ?? .null
        case (.int64(let number), .float64): return .float64(Double(number))
        case (.float32(let number), .float64): return .float64(Double(number))
        default: return value
        }
    }
}
