import Columnar
import FeatureDefs
import Foundation
import Parquet

/// Reads a written training set's rows as text, one at a time; equal values have equal text in every format that asof writes.
struct TrainingSetRows {
    private enum Format {
        case csv(CSVReader)
        case parquet(ParquetRows)
    }

    let path: String
    let header: [String]
    /// What the columns hold, one for each; nil in a CSV file, which does not say.
    let types: [FeatureType?]
    /// The columns' types by name, as a manifest has them: the file's own, or, of a CSV file, its manifest's; nil where nothing says.
    let typeNames: [String?]
    private var format: Format

    init(path: String) throws {
        self.path = path
        if Self.isParquet(path) {
            let rows = try ParquetRows(path: path)
            header = rows.header
            types = rows.types
            typeNames = rows.typeNames
            format = .parquet(rows)
        } else {
            let reader = try CSVReader(path: path)
            header = reader.header
            types = reader.header.map { _ in nil }
            let columns = TrainingManifest.found(beside: path)?.columns ?? []
            typeNames = reader.header.map { name in columns.first { $0.name == name }?.type }
            format = .csv(reader)
        }
    }

    /// False at the end.
    mutating func next(into record: inout CSVRecord) throws -> Bool {
        switch format {
        case .csv(var reader):
            defer { format = .csv(reader) }
            return try reader.next(into: &record)
        case .parquet(let rows):
            return try rows.next(into: &record)
        }
    }

    /// By what the file begins with, since a name can be any.
    private static func isParquet(_ path: String) -> Bool {
        // Opening a pipe waits for who writes to it.
        guard FilePlace.obstacleToReading(path) == nil, let handle = try? FileHandle(forReadingFrom: URL(filePath: path)) else {
            return false
        }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 4)) == Data("PAR1".utf8)
    }
}

/// A Parquet file's rows as text.
private final class ParquetRows {
    let header: [String]
    let types: [FeatureType?]
    let typeNames: [String]
    private let path: String
    private let batches: ParquetBatches
    private var cells: [(isValid: (Int) -> Bool, text: ColumnText.Cell)] = []
    private var row = 0
    private var rowCount = 0

    init(path: String) throws {
        self.path = path
        do throws(ParquetError) {
            batches = try ParquetReader(path: path).batches(rows: 8192)
        } catch {
            throw SpineError.unreadableFile(path: path, reason: error.description)
        }
        header = batches.fields.map(\.name)
        types = batches.fields.map(\.type.featureType)
        typeNames = batches.fields.map(\.type.name)
    }

    func next(into record: inout CSVRecord) throws -> Bool {
        while row == rowCount {
            guard let batch = try nextBatch() else { return false }
            cells = batch.columns.map { column in (column.validity.isValid, ColumnText.cell(of: column)) }
            row = 0
            rowCount = batch.rowCount
        }
        record.removeAll()
        for cell in cells {
            let isValid = cell.isValid(row)
            if isValid { cell.text(row, &record.bytes) }
            // Quoted: an empty text is not NULL.
            record.fields.append(.init(end: record.bytes.count, isQuoted: isValid))
        }
        row += 1
        return true
    }

    private func nextBatch() throws -> ColumnTable? {
        do throws(ParquetError) {
            return try batches.next()
        } catch {
            throw SpineError.unreadableFile(path: path, reason: error.description)
        }
    }
}
