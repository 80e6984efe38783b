import FeatureDefs
import PostgresClient

/// Streams a CSV spine into the spine table by binary COPY: keys, timestamp and request inputs typed, every column as text.
struct CSVSpineLoader: Sendable {
    var reader: CSVReader
    let columns: SpineColumns
    let table: SpineTable
    let progress: ProgressReport

    /// Returns the number of rows. Called within the transaction that owns the table.
    func load(on connection: PostgresConnection) async throws -> Int {
        try await connection.copyInBinary("COPY pg_temp.\(SpineTable.name) FROM STDIN (FORMAT binary)") { writer in
            var reader = reader
            var record = CSVRecord()
            var ordinal: Int64 = 0
            while try reader.next(into: &record) {
                ordinal += 1
                try writer.beginRow(fieldCount: fieldCount)
                try append(record, ordinal: ordinal, to: &writer.fields)
                progress.advance(to: Int(ordinal))
            }
        }
    }

    private var fieldCount: Int {
        2 + columns.joinKeys.count + columns.requestInputs.count + table.columns.count
    }

    func append(_ record: CSVRecord, ordinal: Int64, to encoder: inout BinaryCopyEncoder) throws {
        encoder.append(ordinal)
        encoder.append(try timestamp(in: record))
        for (index, key) in zip(columns.joinKeys, table.joinKeys) {
            encoder.append(try value(in: record, column: index, as: key.type))
        }
        for (index, input) in zip(columns.requestInputs, table.requestInputs) {
            encoder.append(try value(in: record, column: index, as: input.type))
        }
        for index in 0..<record.count {
            guard let field = record.field(index) else {
                encoder.appendNull()
                continue
            }
            field.withUnsafeBytes { encoder.append($0) }
        }
    }

    private func timestamp(in record: CSVRecord) throws -> FeatureValue {
        let value = try value(in: record, column: columns.timestamp, as: .timestamp)
        if case .timestamp(let timestamp) = value, !timestamp.isFinite {
            throw SpineError.infiniteTimestamp(place: "\(reader.path):\(record.line)")
        }
        return value
    }

    private func value(in record: CSVRecord, column: Int, as type: FeatureType) throws -> FeatureValue {
        guard let text = record.text(column) else { return .null }
        guard let value = FeatureValue(parsing: text, as: type) else {
            throw SpineError.invalidCell(
                path: reader.path,
                line: record.line,
                column: reader.header[column],
                text: text,
                type: type
            )
        }
        return value
    }
}
