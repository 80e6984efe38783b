import AsOfJoin
import Columnar
import Evaluation
import FeatureDefs
import PostgresClient

/// Brings the rows of a source into memory that a spine can see.
struct SourceReader: Sendable {
    let read: SourceRead
    let range: SourceRange
    let matcher: KeyMatcher
    let readers: SnapshotReaders

    func content(slicedBy connection: PostgresConnection) async throws -> SourceContent {
        let slices = try await TableSlices.of(
            read.source.relation, alias: try SQLIdentifier("r"), count: readers.count, on: connection)
        do {
            return try await content(try SourceReadSQL(read, range: range, isCautious: false), slices)
        } catch let error as PostgresError where error.isDataException || error.sqlState == .featureNotSupported {
            try await readers.restart()
            return try await content(try SourceReadSQL(read, range: range, isCautious: true), slices)
        }
    }

    private func content(_ sql: SourceReadSQL, _ slices: TableSlices) async throws -> SourceContent {
        let forms = sql.forms
        let parts = try await readers.map(slices.conditions) { connection, condition in
            let statement = try sql.copy(where: condition)
            let decoder = BinaryCopyColumns(forms, matching: matcher, expectedRows: slices.expectedRows)
            let decoded = try await connection.copyOut(statement.text, into: decoder) { columns, message in
                try columns.append(message)
            }
            try decoded.finish()
            return (keys: decoded.takeKeys(), columns: decoded.take().columns)
        }
        let keys = parts.count == 1 ? parts[0].keys : RowChoice(parts.map(\.keys).joined())
        guard keys.count < Int32.max else { throw MergeError.tooManyRows(source: read.source.name) }
        let columns = forms.indices.map { index in
            Column.joined(parts.map { $0.columns[index] }, type: forms[index].columnType)
        }
        guard case .timestamp(let events) = columns[0] else { preconditionFailure("the event time is read as an instant") }
        let computed = ComputedValues(read, from: sql.columns, columns: Array(columns.dropFirst()), rowCount: keys.count)
        return SourceContent(
            read: read,
            keys: keys,
            events: events.values,
            values: computed.values,
            failures: computed.failures
        )
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
