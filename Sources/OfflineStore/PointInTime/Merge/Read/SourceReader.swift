import AsOfJoin
import Columnar
import Evaluation
import FeatureDefs
import PostgresClient

/// Brings the rows of a source in that a spine can see.
struct SourceReader: Sendable {
    let read: SourceRead
    let range: SourceRange
    let readers: SnapshotReaders

    private static let spilledRows = 1 << 15

    /// All rows of the keys that a dictionary has, in memory.
    func content(
        matching matcher: KeyMatcher, within budget: MemoryBudget, slicedBy connection: PostgresConnection
    ) async throws -> SourceContent {
        let parts = try await parts(matching: matcher.dictionary, connection)
        return try await withFallback { sql in
            let forms = sql.forms
            let assembled = AssembledColumns(
                forms, isKeyed: true, partCount: parts.count, expectedRows: parts.reduce(0) { $0 + $1.expectedRows })
            _ = try await readers.map(Array(parts.enumerated())) { connection, part in
                if let keys = part.element.keys { try await keys.pushdown.set(keys.part, on: connection) }
                let decoder = BinaryCopyColumns(forms, matching: matcher, budget: budget, into: assembled, part: part.offset)
                let sent = try sql.copy(where: part.element.condition).text
                _ = try await readers.copyOut(sent, on: connection, into: decoder)
            }
            let (keys, columns, rows) = assembled.take()
            return try SourceContent(sql, keys: keys, columns: columns, parts: rows)
        }
    }

    /// All rows in range, on disk by the hashes of their keys: the key, then what `SourceContent` takes.
    ///
    /// The spine's keys are not asked for, few as they may be: they are on disk by then, in partitions, and nobody has counted them.
    /// What comes of other keys costs time and disk, and of memory a partition's share.
    func spilled(
        to partitions: KeyPartitions, keyForm: KeyMatcher.Form, slicedBy connection: PostgresConnection
    ) async throws -> (sql: SourceReadSQL, file: SpillFile) {
        let slices = try await slices(connection)
        return try await withFallback { sql in
            let forms = [keyForm.wire] + sql.forms
            let file = try SpillFile(types: forms.map(\.columnType), partitionCount: partitions.count)
            _ = try await readers.map(slices.conditions) { connection, condition in
                @Sendable func spill(_ decoder: BinaryCopyColumns) throws {
                    let (columns, rowCount) = try decoder.take()
                    try partitions.distribute(columns, rowCount: rowCount, key: 0, part: 0, into: file) { _ in false }
                }
                let sent = try sql.copy(where: condition).text
                let rest = try await readers.copyOut(sent, on: connection, into: BinaryCopyColumns(forms)) { decoder in
                    if decoder.rowCount >= Self.spilledRows { try spill(decoder) }
                }
                try spill(rest)
            }
            return (sql, file)
        }
    }

    /// What one connection reads.
    private struct Part: Sendable {
        let condition: SQLFragment?
        var keys: (pushdown: KeyPushdown, part: PostgresParameter)?
        let expectedRows: Int
    }

    /// The rows of the spine's keys where those are few, all in range otherwise.
    private func parts(matching dictionary: KeyDictionary, _ connection: PostgresConnection) async throws -> [Part] {
        if let pushdown = try await KeyPushdown.of(read, dictionary, on: connection) {
            let condition = try pushdown.condition(alias: try SQLIdentifier("r"))
            return pushdown.parts(count: readers.count).map {
                Part(condition: condition, keys: (pushdown, $0), expectedRows: 0)
            }
        }
        let slices = try await slices(connection)
        return slices.conditions.map { Part(condition: $0, expectedRows: slices.expectedRows) }
    }

    private func slices(_ connection: PostgresConnection) async throws -> TableSlices {
        try await TableSlices.of(read.source.relation, alias: try SQLIdentifier("r"), count: readers.count, on: connection)
    }

    /// Reads with expressions computed by Postgres; if one fails on some row, with what they read instead.
    private func withFallback<Output>(_ body: (SourceReadSQL) async throws -> Output) async throws -> Output {
        do {
            return try await body(try SourceReadSQL(read, range: range, isCautious: false))
        } catch let error as PostgresError where error.isDataException || error.sqlState == .featureNotSupported {
            try await readers.restart()
            return try await body(try SourceReadSQL(read, range: range, isCautious: true))
        }
    }
}

extension SourceContent {
    /// - Parameters:
    ///   - columns: the event time, then what the statement sends.
    ///   - parts: as `SourceContent` has them; nil for rows that are in their order.
    init(_ sql: SourceReadSQL, keys: RowChoice, columns: [Column], parts: [[Range<Int>]]? = nil) throws(MergeError) {
        guard keys.count < Int32.max else { throw .tooManyRows(source: sql.read.source.name) }
        guard case .timestamp(let events) = columns[0] else { preconditionFailure("the event time is read as an instant") }
        let computed = ComputedValues(sql.read, from: sql.columns, columns: Array(columns.dropFirst()), rowCount: keys.count)
        self.init(
            read: sql.read, keys: keys, events: events.values, values: computed.values, failures: computed.failures,
            parts: parts ?? [[0..<keys.count]])
    }
}

/// The values of a read: those that Postgres computed, and those that are left to us.
private struct ComputedValues {
    private(set) var values: [Column] = []
    private(set) var failures: [[Int32: EvaluationError]] = []

    init(_ read: SourceRead, from sent: [TypedExpression<ColumnReference>], columns: [Column], rowCount: Int) {
        for value in read.values {
            if let place = sent.firstIndex(of: value) {
                values.append(columns[place])
                failures.append([:])
                continue
            }
            let inputs = value.inputs.map { input in
                columns[sent.firstIndex { $0.node == .input(input) } ?? 0]
            }
            compute(value, from: inputs, rowCount: rowCount)
        }
    }

    private mutating func compute(_ value: TypedExpression<ColumnReference>, from inputs: [Column], rowCount: Int) {
        let names = value.inputs
        let program = CompiledExpression(value) { names.firstIndex(of: $0) ?? -1 }
        var column = FeatureColumnBuilder(value.type)
        var failed: [Int32: EvaluationError] = [:]
        for row in 0..<rowCount {
            do throws(EvaluationError) {
                column.append(
                    try program.evaluate(input: { inputs[$0].featureValue(at: row, as: names[$0].storage.featureType) }))
            } catch {
                failed[Int32(truncatingIfNeeded: row)] = error
                column.append(.null)
            }
        }
        values.append(column.column)
        failures.append(failed)
    }
}
