/// What stored values mean (parquet.thrift `LogicalType`, and the older `ConvertedType` where a file has only that).
enum LogicalType: Hashable, Sendable {
    enum TimeUnit: Int16, Sendable {
        case milliseconds = 1
        case microseconds = 2
        case nanoseconds = 3
    }

    case string
    case list
    case date
    case timestamp(TimeUnit, isAdjustedToUTC: Bool)
    case integer(bitWidth: Int8, isSigned: Bool)
    case uuid
    /// A scaled integer; `SchemaElement.scale` has the scale.
    case decimal
    /// A column of nothing but NULLs.
    case null
    /// One that we neither write nor read, by its name.
    case other(String)
}

extension LogicalType {
    /// The older annotation of the same meaning, for older readers.
    var convertedType: Int32? {
        switch self {
        case .string: 0
        case .list: 3
        case .date: 6
        case .timestamp(.milliseconds, _): 9
        case .timestamp(.microseconds, _): 10
        case .timestamp(.nanoseconds, _): nil
        case .integer(8, true): 15
        case .integer(16, true): 16
        case .integer(32, true): 17
        case .integer(64, true): 18
        case .integer, .uuid, .decimal, .null, .other: nil
        }
    }

    /// The meaning of an older annotation. Its timestamps are always UTC.
    init?(convertedType: Int32) {
        switch convertedType {
        case 0, 4, 19: self = .string
        case 1, 2: self = .other("MAP")
        case 3: self = .list
        case 5: self = .decimal
        case 6: self = .date
        case 7, 8: self = .other("TIME")
        case 9: self = .timestamp(.milliseconds, isAdjustedToUTC: true)
        case 10: self = .timestamp(.microseconds, isAdjustedToUTC: true)
        case 11: self = .integer(bitWidth: 8, isSigned: false)
        case 12: self = .integer(bitWidth: 16, isSigned: false)
        case 13: self = .integer(bitWidth: 32, isSigned: false)
        case 14: self = .integer(bitWidth: 64, isSigned: false)
        case 15: self = .integer(bitWidth: 8, isSigned: true)
        case 16: self = .integer(bitWidth: 16, isSigned: true)
        case 17: self = .integer(bitWidth: 32, isSigned: true)
        case 18: self = .integer(bitWidth: 64, isSigned: true)
        case 20: self = .other("BSON")
        case 21: self = .other("INTERVAL")
        default: return nil
        }
    }
}
