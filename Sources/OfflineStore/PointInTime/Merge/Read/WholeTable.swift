import AsOfJoin
import Columnar
import FeatureDefs
import Foundation
import PostgresClient

/// A source's table, read from its first row to its last: before it is known which of them the spine can see, and so while the spine
/// comes in.
///
/// It takes `COPY table (columns)`, by which Postgres sends a row in about two thirds of the time that it takes for a query's.
struct WholeTable: Sendable {
    let read: SourceRead
    /// Which of the selection's reads it is.
    let index: Int
    /// As the catalogue estimates them.
    let expectedRows: Int
    private let keyForm: KeyMatcher.Form
    private let statement: String

    /// nil for what is no table, and where something is not sent as it is stored, or sent twice.
    init?(_ read: SourceRead, index: Int, expectedRows: Int) throws(PostgresError) {
        guard case .table = read.source.relation else { return nil }
        var columns = read.keyColumns + [read.source.eventTimestamp]
        for value in read.values {
            guard case .input(let column) = value.node else { return nil }
            columns.append(column)
        }
        guard columns.allSatisfy(\.storage.isSentAsItIs), Set(columns.map(\.name)).count == columns.count else { return nil }
        var names: [SQLFragment] = []
        for column in columns { names.append("\(try SQLIdentifier(column.name))") }
        self.read = read
        self.index = index
        self.expectedRows = expectedRows
        statement = ("COPY \(try read.source.relation.sql()) (\(names.joined())) TO STDOUT (FORMAT binary)" as SQLFragment).text
        keyForm = SpineKeys.keyColumn(read.keys.map { .empty(ColumnType($0.type)) }, rowCount: 0).form
    }

    /// - Parameter readers: have the connection.
    func rows(
        from connection: PostgresConnection, of readers: SnapshotReaders, within budget: MemoryBudget
    ) async throws -> WholeTableRows {
        let forms = [keyForm.wire, .timestamp] + read.values.map { WireForm(ColumnType($0.type)) }
        let decoder = BinaryCopyColumns(forms, budget: budget, expectedRows: expectedRows)
        let decoded = try await readers.copyOut(statement, on: connection, into: decoder)
        return WholeTableRows(read: read, columns: try decoded.take().columns)
    }
}

/// All rows of a source's table.
struct WholeTableRows: Sendable {
    private let read: SourceRead
    private let keys: Column
    private let events: PrimitiveColumn<Int64>
    private let values: [Column]

    /// - Parameter columns: the key, the event time, the values of the read.
    fileprivate init(read: SourceRead, columns: [Column]) {
        guard case .timestamp(let events) = columns[1] else { preconditionFailure("the event time is read as an instant") }
        self.read = read
        self.events = events
        keys = columns[0]
        values = Array(columns[2...])
    }

    /// The rows as a join takes them: those that are out of range, or have no key that a dictionary has, have no number.
    func content(matching dictionary: KeyDictionary, _ range: SourceRange) throws -> SourceContent {
        try SourceContent(
            try SourceReadSQL(read, range: range, isCautious: false), keys: numbers(dictionary, range),
            columns: [.timestamp(events)] + values)
    }

    private func numbers(_ dictionary: KeyDictionary, _ range: SourceRange) -> RowChoice {
        let earliest = range.earliest?.microseconds ?? .min
        let latest = range.latest.microseconds
        var numbers = dictionary.numbers(of: keys)
        numbers.withUnsafeMutableBufferPointer { numbers in
            events.values.withUnsafeBufferPointer { times in
                for row in times.indices where times[row] < earliest || times[row] > latest { numbers[row] = -1 }
            }
            for row in events.validity.nullRows { numbers[row] = -1 }
        }
        return numbers
    }

    /// How much there was to see, which otherwise takes a scan of its own (`SourceMarkReader`).
    func mark(asOf: Timestamp?) -> SourceMark {
        let source = read.source
        let created = source.createdTimestamp.map { values[read.place(of: $0)] }
        let recorded = Availability.recorded(source, events: events.values, created: created) ?? events.values
        let latest = asOf?.microseconds ?? .max
        var (rows, early, newest) = (0, 0, Int64.min)
        for row in recorded.indices where recorded[row] <= latest && events.validity.isValid(row) {
            rows += 1
            newest = max(newest, recorded[row])
            if created != nil, recorded[row] < events.values[row] { early += 1 }
        }
        return SourceMark(
            source: source.name, relation: source.relation.shown, rows: rows,
            maxAvailable: rows > 0 ? Timestamp(microseconds: newest).description : nil, rowsKnownBeforeTheyHappened: early)
    }
}
