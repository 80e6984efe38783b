package import Columnar
package import FeatureDefs

extension ColumnType {
    /// How values of a feature type lie in memory.
    package init(_ type: FeatureType) {
        switch type {
        case .int64: self = .int64
        case .float64: self = .float64
        case .float32: self = .float32
        case .string: self = .string
        case .bool: self = .bool
        case .timestamp: self = .timestamp
        case .bytes: self = .bytes
        case .uuid: self = .uuid
        case .list(let element): self = .list(ColumnType(FeatureType(element)))
        case .vector(let length): self = .vector(length)
        }
    }

    /// How a column that passes through unchanged lies in memory: as text where no type of ours holds its values exactly.
    package init(passingThrough storage: ColumnStorage?) {
        switch storage {
        case .int2: self = .int16
        case .int4: self = .int32
        case .int8: self = .int64
        case .float4: self = .float32
        case .float8: self = .float64
        case .text, .varchar, .bpchar: self = .string
        case .bool: self = .bool
        case .timestamptz, .timestamp: self = .timestamp
        case .date: self = .date
        case .bytea: self = .bytes
        case .uuid: self = .uuid
        // An array of the spine's own may have more dimensions than a list, and bounds of its own.
        case .numeric, .array, nil: self = .string
        }
    }
}

extension ColumnStorage? {
    /// A column that passes through, as it is read from Postgres: as it is stored, or as Postgres prints it where we keep no
    /// binary form.
    func passedThrough(_ column: SQLExpression) -> SQLFragment {
        switch self {
        // A cast to text is not always what is printed: that of `inet` adds a mask.
        case nil: "CASE WHEN \(column.operand(above: .comparison)) IS DISTINCT FROM NULL THEN format('%s', \(column)) END"
        case .numeric, .array: "\(column.operand(atLeast: .cast))::text"
        case .int2, .int4, .int8, .float4, .float8, .text, .varchar, .bpchar, .bool, .timestamptz, .timestamp, .date, .bytea,
            .uuid:
            column.fragment
        }
    }
}
