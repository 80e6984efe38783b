import Columnar
import FeatureDefs
import PostgresClient

/// Computes some rows' features once more without what happened, or became available, at the rows' very instant: what changes was
/// known at that instant only, as a row's own event is.
///
/// Nothing else moves: not the cut that a schedule gives, not where windows start, not when a ttl ends. Where the cut is before the
/// row's time, nothing of that instant is seen in any case.
struct MicrosecondCheck: Sendable {
    private static let rows = 100
    private static let microsecond = Period(microseconds: 1)

    /// A window that starts where it did, and ends a microsecond earlier.
    private static func shortened(_ window: Period) -> Period {
        Period(microseconds: window.microseconds - microsecond.microseconds)
    }

    let connection: PostgresConnection
    let request: TrainingRequest
    let schema: TrainingSchema
    /// Whether it may take minutes.
    let isPatient: Bool

    private var timeout: String { isPatient ? "5min" : "1s" }

    enum Outcome {
        case findings([LeakFinding])
        case inconclusive(String)
    }

    private struct Point {
        let instant: Timestamp
        /// The join keys, then the request inputs.
        let values: [FeatureValue]
    }

    /// The last thing that a transaction does: a failure ends what it has staged.
    func run(_ sample: RowSample) async throws -> Outcome {
        let table = sample.table(schema)
        let points = sample.places(atMost: Self.rows).compactMap { point(at: $0, of: table) }
        let views = request.selection.joinedViews.map(\.view)
        let seeing = points.filter { point in
            views.contains { $0.cut(at: point.instant, knowledge: request.knowledge) == point.instant }
        }
        guard !seeing.isEmpty else { return .findings([]) }
        try await connection.execute("SAVEPOINT asof_leak_check")
        do {
            return .findings(try await compare(seeing, of: points.count))
        } catch let error as PostgresError where error.isDataException || error.sqlState == .queryCanceled {
            try await connection.execute("ROLLBACK TO SAVEPOINT asof_leak_check")
            return .inconclusive(error.sqlState == .queryCanceled ? "it takes longer than \(timeout) here" : error.message)
        }
    }

    private func compare(_ points: [Point], of sampled: Int) async throws -> [LeakFinding] {
        let spine = SpineTable(
            joinKeys: request.selection.joinKeys, requestInputs: request.selection.requestInputs, columns: [])
        try await connection.executeScript(
            """
            DROP TABLE IF EXISTS pg_temp.\(SpineTable.name);
            \(try spine.creation().text);
            SET LOCAL statement_timeout = '\(timeout)'
            """
        )
        try await connection.copyInBinary("COPY pg_temp.\(SpineTable.name) FROM STDIN (FORMAT binary)") { writer in
            for (index, point) in points.enumerated() {
                try writer.beginRow(fieldCount: 2 + point.values.count)
                writer.fields.append(Int64(index))
                writer.fields.append(FeatureValue.timestamp(point.instant))
                for value in point.values { writer.fields.append(value) }
            }
        }
        let join = SpineJoinSQL(
            selection: request.selection, spine: spine, knowledge: request.knowledge, asOf: request.asOf)
        let now = try await features(join)
        let before = try await features(try withoutTheInstant(join))
        try await connection.execute("SET LOCAL statement_timeout TO DEFAULT")
        return findings(now, before, points: points.count, of: sampled)
    }

    /// The cut a microsecond earlier where it is the row's time, and windows as much shorter, so that they start where they did.
    private func withoutTheInstant(_ join: SpineJoinSQL) throws(PostgresError) -> SpineJoinSQL {
        let time = try join.spineColumn(SpineTable.timestamp)
        let earlier: SQLFragment = "\(time) - \(Self.microsecond.sqlInterval)"
        return SpineJoinSQL(
            selection: request.selection.replacingViews { $0.withWindows(Self.shortened) },
            spine: join.spine,
            knowledge: request.knowledge,
            asOf: request.asOf,
            pins: request.selection.joinedViews.map { joined in
                let schedule = request.knowledge == .asServed ? joined.view.schedule : nil
                return ViewPin(cut: schedule.map { "least(\($0.sqlCut(at: time)), \(earlier))" as SQLFragment } ?? earlier)
            })
    }

    private func features(_ join: SpineJoinSQL) async throws -> [Column] {
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

    private func findings(_ now: [Column], _ before: [Column], points: Int, of sampled: Int) -> [LeakFinding] {
        let features = schema.columns.filter(\.isFeature)
        return features.indices.compactMap { index in
            let type = request.selection.types[index]
            let changed = (0..<points).count { point in
                now[index].featureValue(at: point, as: type) != before[index].featureValue(at: point, as: type)
            }
            guard changed > 0 else { return nil }
            let name = features[index].name
            return LeakFinding(
                kind: .changesWithinMicrosecond,
                subject: name,
                description:
                    "feature `\(name)` changes in \(changed) of \(sampled) sampled rows when what is of their very microsecond is "
                    + "left out; it may hold the row's own event"
            )
        }
    }

    /// A row's time, keys and request inputs, in the definitions' types; nil without a time.
    private func point(at row: Int, of sample: ColumnTable) -> Point? {
        guard case .timestamp(let instant) = value(of: request.timestampColumn, as: .timestamp, at: row, in: sample) else {
            return nil
        }
        let keys = request.selection.joinKeys.map { value(of: $0.name, as: $0.type, at: row, in: sample) }
        let inputs = request.selection.requestInputs.map { value(of: $0.name, as: $0.type, at: row, in: sample) }
        return Point(instant: instant, values: keys + inputs)
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
