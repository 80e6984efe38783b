import Columnar

/// Gives equal feature values one spelling, so that a training set is the same bytes whatever strategy made it: -0.0, which
/// equals 0.0, becomes that, and every NaN the same NaN (DESIGN §2, Numbers). The spine's columns are left as they came.
struct FeatureNormalizer {
    private let isFeature: [Bool]

    init(_ schema: TrainingSchema) {
        isFeature = schema.columns.map(\.isFeature)
    }

    func normalized(_ batch: ColumnTable) -> ColumnTable {
        var columns = batch.columns
        for index in columns.indices where isFeature[index] { columns[index] = Self.normalized(columns[index]) }
        return ColumnTable(names: batch.fields.map(\.name), columns: columns, rowCount: batch.rowCount)
    }

    private static func normalized(_ column: Column) -> Column {
        switch column {
        case .float32(let floats):
            guard let values = normalized(floats.values) else { return column }
            return .float32(PrimitiveColumn(values, validity: floats.validity))
        case .float64(let floats):
            guard let values = normalized(floats.values) else { return column }
            return .float64(PrimitiveColumn(values, validity: floats.validity))
        case .list(let list):
            return .list(ListColumn(offsets: list.offsets, elements: normalized(list.elements), validity: list.validity))
        case .vector(let vector):
            guard let values = normalized(vector.values) else { return column }
            return .vector(VectorColumn(dimension: vector.dimension, values: values, validity: vector.validity))
        case .bool, .int16, .int32, .int64, .timestamp, .date, .string, .bytes, .uuid:
            return column
        }
    }

    /// nil when nothing has to change, as is usual.
    private static func normalized<Number: BinaryFloatingPoint>(_ values: ContiguousArray<Number>) -> ContiguousArray<Number>? {
        var count = 0
        // No way out of the loop, which so goes by several values at once.
        values.withUnsafeBufferPointer { values in
            for value in values { count &+= value != value || (value == 0 && value.sign == .minus) ? 1 : 0 }
        }
        guard count > 0 else { return nil }
        return ContiguousArray(values.map { $0.isNaN ? .nan : $0 == 0 ? 0 : $0 })
    }
}
