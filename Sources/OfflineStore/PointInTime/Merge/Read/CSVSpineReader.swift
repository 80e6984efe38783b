import Columnar
import FeatureDefs
import PostgresClient

/// Brings a CSV spine into memory; it never enters Postgres. Its own columns pass through as text.
struct CSVSpineReader: Sendable {
    private let path: String
    private let loader: CSVSpineLoader
    let layout: SpineLayout
    private let progress: ProgressReport

    init(_ path: String, _ request: TrainingRequest, observer: ProgressReport.Observer?) throws {
        let selection = request.selection
        let reader = try CSVReader(path: path)
        let columns = try SpineColumns(names: reader.header, timestamp: request.timestampColumn, selection: selection)
        let shape = SpineTable(
            joinKeys: selection.joinKeys,
            requestInputs: selection.requestInputs,
            columns: reader.header.map { SpineTable.Column(name: $0, databaseType: "text", storage: .text) }
        )
        progress = ProgressReport(stage: "reading the spine", observer: observer)
        loader = CSVSpineLoader(reader: reader, columns: columns, table: shape, progress: progress)
        let types: [FeatureType] = [.timestamp] + selection.joinKeys.map(\.type) + selection.requestInputs.map(\.type)
        let keyEnd = 2 + selection.joinKeys.count
        let inputEnd = keyEnd + selection.requestInputs.count
        layout = SpineLayout(
            shape: shape,
            // The loader's first field is the row's number.
            forms: [.int64] + types.map { WireForm(ColumnType($0)) } + reader.header.map { _ in WireForm.string },
            own: inputEnd..<inputEnd + reader.header.count,
            timestamp: 1,
            keys: Array(2..<keyEnd),
            requestInputs: Array(keyEnd..<inputEnd)
        )
        self.path = path
    }

    /// Hands over batches of about so many rows; nil: all at once.
    func stream(
        batchRows: Int?, within budget: MemoryBudget?, _ consume: (_ columns: [Column], _ rowCount: Int) throws -> Void
    ) throws {
        var reader = try CSVReader(path: path)
        let decoder = BinaryCopyColumns(layout.forms, budget: budget)
        var encoder = BinaryCopyEncoder()
        var record = CSVRecord()
        var rowCount = 0
        while try reader.next(into: &record) {
            rowCount += 1
            encoder.beginRow(fieldCount: layout.forms.count)
            try loader.append(record, ordinal: Int64(rowCount), to: &encoder)
            progress.advance(to: rowCount)
            guard encoder.bytes.count >= 1 << 16 else { continue }
            try Self.drain(&encoder, into: decoder)
            if let batchRows, decoder.rowCount >= batchRows {
                let (columns, rowCount) = try decoder.take()
                try consume(columns, rowCount)
            }
        }
        try Self.drain(&encoder, into: decoder)
        let (columns, lastRows) = try decoder.take()
        try consume(columns, lastRows)
    }

    private static func drain(_ encoder: inout BinaryCopyEncoder, into decoder: BinaryCopyColumns) throws {
        try encoder.bytes.withUnsafeBytes { try decoder.append($0) }
        encoder.removeBytes()
    }
}
