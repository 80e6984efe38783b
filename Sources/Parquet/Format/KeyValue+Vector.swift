import Columnar

/// Parquet has no vectors, only lists: the file's own metadata keeps that a column has as many elements in each row.
extension KeyValue {
    private static let prefix = "asof.vector."

    init?(vectorDimensionOf field: ColumnTable.Field) {
        guard case .vector(let dimension) = field.type else { return nil }
        self.init(key: Self.prefix + field.name, value: String(dimension))
    }

    /// The column and dimension that the entry tells, if it is of this kind.
    var vector: (column: String, dimension: Int)? {
        guard key.hasPrefix(Self.prefix), let dimension = value.flatMap({ Int($0) }), dimension > 0 else { return nil }
        return (String(key.dropFirst(Self.prefix.count)), dimension)
    }
}
