import Columnar
import FeatureDefs

extension Column {
    /// A row's value; NULL for lists and vectors, which are no single value. Narrow integers widen, a date is its midnight UTC.
    func value(at row: Int) -> FeatureValue {
        guard validity.isValid(row) else { return .null }
        return switch self {
        case .bool(let column): .bool(column.values[row])
        case .int16(let column): .int64(Int64(column.values[row]))
        case .int32(let column): .int64(Int64(column.values[row]))
        case .int64(let column): .int64(column.values[row])
        case .float32(let column): .float32(column.values[row])
        case .float64(let column): .float64(column.values[row])
        case .timestamp(let column): .timestamp(Timestamp(microseconds: column.values[row]))
        case .date(let column): .timestamp(Timestamp(daysSinceEpoch: column.values[row]))
        case .string(let column): .string(String(decoding: column.bytes[column.range(row)], as: UTF8.self))
        case .bytes(let column): .bytes(Array(column.bytes[column.range(row)]))
        case .uuid(let column): .uuid(UUIDBytes(column.values[row]))
        case .list, .vector: .null
        }
    }
}

extension Timestamp {
    /// Midnight UTC of a date; the two ends of Int32 are the infinities.
    init(daysSinceEpoch days: Int32) {
        switch days {
        case .min: self = .negativeInfinity
        case .max: self = .infinity
        default:
            let (microseconds, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400_000_000)
            self = overflow ? (days < 0 ? .negativeInfinity : .infinity) : Timestamp(microseconds: microseconds)
        }
    }
}

extension UUIDBytes {
    init(_ number: UInt128) {
        self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
    }
}
