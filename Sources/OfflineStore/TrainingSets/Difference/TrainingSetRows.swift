import Foundation

/// Reads a written training set's rows as text, one at a time; equal values have equal text in every format that asof writes.
struct TrainingSetRows {
    private enum Format {
        case csv(CSVReader)
    }

    let path: String
    let header: [String]
    private var format: Format

    init(path: String) throws {
        self.path = path
        let reader = try CSVReader(path: path)
        header = reader.header
        format = .csv(reader)
    }

    /// False at the end.
    mutating func next(into record: inout CSVRecord) throws -> Bool {
        switch format {
        case .csv(var reader):
            defer { format = .csv(reader) }
            return try reader.next(into: &record)
        }
    }
}
