import Columnar
import FeatureDefs

extension Column {
    /// The values in a feature type that they can be read as: numbers as float64, lists of float32 as a vector.
    ///
    /// - Parameter isInvalid: told the row of the first value that the type does not hold; its result then means nothing.
    func converted(to type: FeatureType, isInvalid: (_ row: Int) throws(SpineError) -> Void) throws(SpineError) -> Column {
        if self.type == ColumnType(type) { return self }
        guard let own = self.type.featureType else { preconditionFailure("only columns of feature types are converted") }
        var builder = FeatureColumnBuilder(type)
        for row in 0..<count {
            let value = featureValue(at: row, as: own)
            switch (value, type) {
            case (.int64(let number), .float64): builder.append(.float64(Double(number)))
            case (.float32(let number), .float64): builder.append(.float64(Double(number)))
            case (.list(let list), .vector(let dimension)):
                let vector = FeatureValue(vectorOf: list, count: dimension)
                if vector == nil { try isInvalid(row) }
                builder.append(vector ?? .null)
            default: builder.append(value)
            }
        }
        return builder.column
    }

    /// What the column takes in memory, about.
    var byteCount: Int {
        switch self {
        case .bool(let column): column.count
        case .int16(let column): column.count * 2
        case .int32(let column), .date(let column): column.count * 4
        case .int64(let column), .timestamp(let column): column.count * 8
        case .float32(let column): column.count * 4
        case .float64(let column): column.count * 8
        case .uuid(let column): column.count * 16
        case .string(let column), .bytes(let column): column.count * 8 + column.bytes.count
        case .list(let column): column.count * 8 + column.elements.byteCount
        case .vector(let column): column.values.count * 4
        }
    }
}
