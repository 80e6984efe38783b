import Columnar
import FeatureDefs

/// Gives a CSV spine's columns of text the types that the definitions know: its time, join keys and request inputs. So they are
/// summed up, and so they stand in Parquet files and tables; a CSV training set prints them as they came.
struct SpineTyping: Sendable {
    /// By place, for the columns that are text and stand for something else.
    private let types: [Int: FeatureType]
    /// With those types.
    let schema: TrainingSchema

    init(_ request: TrainingRequest, _ schema: TrainingSchema) {
        var known = Dictionary(
            request.selection.joinKeys.map { ($0.name, $0.type) } + request.selection.requestInputs.map { ($0.name, $0.type) },
            uniquingKeysWith: { first, _ in first })
        known[request.timestampColumn] = .timestamp
        var types: [Int: FeatureType] = [:]
        for (index, column) in schema.columns.enumerated()
        where request.spine.isCSV && !column.isFeature && column.type == .string {
            if let type = known[column.name], ColumnType(type) != .string { types[index] = type }
        }
        self.types = types
        self.schema = TrainingSchema(
            columns: schema.columns.enumerated().map { index, column in
                types[index].map {
                    TrainingColumn(
                        name: column.name, type: ColumnType($0), databaseType: $0.postgresName, origin: column.origin)
                } ?? column
            })
    }

    /// Whether columns stay as they come.
    var isIdentity: Bool { types.isEmpty }

    func typed(_ batch: ColumnTable) -> ColumnTable {
        guard !types.isEmpty else { return batch }
        var columns = batch.columns
        for (index, type) in types { columns[index] = Self.parsed(columns[index], as: type) }
        return ColumnTable(names: batch.fields.map(\.name), columns: columns, rowCount: batch.rowCount)
    }

    private static func parsed(_ column: Column, as type: FeatureType) -> Column {
        guard case .string(let texts) = column else { return column }
        var builder = FeatureColumnBuilder(type)
        for row in 0..<texts.count {
            guard texts.validity.isValid(row) else {
                builder.append(.null)
                continue
            }
            let text = String(decoding: texts.bytes[texts.range(row)], as: UTF8.self)
            // The join has read each of them already, and refuses the spine where one is not of its type.
            guard let value = FeatureValue(parsing: text, as: type) else { preconditionFailure("the join has read `\(text)`") }
            builder.append(value)
        }
        return builder.column
    }
}

extension SpineSource {
    fileprivate var isCSV: Bool {
        switch self {
        case .csv: true
        case .parquet, .table, .query: false
        }
    }
}
