import Columnar
import FeatureDefs
import PostgresClient

/// Brings a CSV spine into memory; it never enters Postgres. Its own columns pass through as text.
struct CSVSpineReader {
    let request: TrainingRequest
    let observer: ProgressReport.Observer?

    func read(_ path: String) throws -> SpineRows {
        let selection = request.selection
        var reader = try CSVReader(path: path)
        let columns = try SpineColumns(names: reader.header, timestamp: request.timestampColumn, selection: selection)
        let shape = SpineTable(
            joinKeys: selection.joinKeys,
            requestInputs: selection.requestInputs,
            columns: reader.header.map { SpineTable.Column(name: $0, databaseType: "text", storage: .text) }
        )
        let types: [FeatureType] = [.timestamp] + selection.joinKeys.map(\.type) + selection.requestInputs.map(\.type)
        let forms = [.int64] + types.map { WireForm(ColumnType($0)) } + reader.header.map { _ in WireForm.string }
        let progress = ProgressReport(stage: "reading the spine", observer: observer)
        let loader = CSVSpineLoader(reader: reader, columns: columns, table: shape, progress: progress)
        let decoder = BinaryCopyColumns(forms)
        var encoder = BinaryCopyEncoder()
        var record = CSVRecord()
        var rowCount = 0
        while try reader.next(into: &record) {
            rowCount += 1
            encoder.beginRow(fieldCount: forms.count)
            try loader.append(record, ordinal: Int64(rowCount), to: &encoder)
            if encoder.bytes.count >= 1 << 16 { try Self.drain(&encoder, into: decoder) }
            progress.advance(to: rowCount)
        }
        try Self.drain(&encoder, into: decoder)
        let cells = decoder.take().columns
        guard case .timestamp(let times) = cells[1] else { preconditionFailure("the spine's timestamp is read as one") }
        let keyEnd = 2 + selection.joinKeys.count
        let inputEnd = keyEnd + selection.requestInputs.count
        return SpineRows(
            shape: shape,
            columns: Array(cells[inputEnd...]),
            times: times,
            keys: Array(cells[2..<keyEnd]),
            requestInputs: Array(cells[keyEnd..<inputEnd]),
            rowCount: rowCount,
            sql: nil
        )
    }

    private static func drain(_ encoder: inout BinaryCopyEncoder, into decoder: BinaryCopyColumns) throws {
        try encoder.bytes.withUnsafeBytes { try decoder.append($0) }
        encoder.removeBytes()
    }
}
