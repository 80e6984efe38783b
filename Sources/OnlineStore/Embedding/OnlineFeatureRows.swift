import FeatureDefs

/// What became of a feature.
public enum FeaturePresence: Hashable, Sendable {
    /// There is a value.
    case present
    /// It was computed and is NULL.
    case null
    /// Nothing is stored for the entity: counts are 0, the rest is nil.
    case notFound
    /// The newest value is older than the view's ttl.
    case outdated
    /// The expression failed, or the stored row is of other definitions than the plan's.
    case invalid
}

/// The features of some entities, in the order in which they were asked for.
public struct OnlineFeatureRows: Sendable, RandomAccessCollection {
    private let service: OnlineFeatureService
    private let result: LookupResult

    init(_ service: OnlineFeatureService, _ result: LookupResult) {
        self.service = service
        self.result = result
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { result.count }

    public subscript(row: Int) -> OnlineFeatureRow {
        precondition(indices.contains(row), "row \(row) of \(count)")
        return OnlineFeatureRow(service, result, row)
    }

    /// All features as numbers, row after row, in the order of `OnlineFeatureService.names`: what a model takes. Integers and truth values
    /// become the nearest Double; NaN stands for what is missing, and for what is no number.
    public func numbers() -> [Double] { result.numbers() }
}

/// The features of one entity. A value is nil when it is missing; `presence` tells why.
public struct OnlineFeatureRow: Sendable {
    private let service: OnlineFeatureService
    private let result: LookupResult
    private let row: Int

    init(_ service: OnlineFeatureService, _ result: LookupResult, _ row: Int) {
        self.service = service
        self.result = result
        self.row = row
    }

    /// A float64 or float32.
    public func double(_ feature: String) throws(OnlineFeaturesError) -> Double? {
        switch try served(feature).value {
        case .float64(let value): return value
        case .float32(let value): return Double(value)
        case .null: return nil
        case .int64, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: throw mismatch(feature, "a Double")
        }
    }

    public func int(_ feature: String) throws(OnlineFeaturesError) -> Int64? {
        switch try served(feature).value {
        case .int64(let value): return value
        case .null: return nil
        case .float64, .float32, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: throw mismatch(feature, "an integer")
        }
    }

    public func bool(_ feature: String) throws(OnlineFeaturesError) -> Bool? {
        switch try served(feature).value {
        case .bool(let value): return value
        case .null: return nil
        case .float64, .float32, .string, .int64, .timestamp, .bytes, .uuid, .list, .vector:
            throw mismatch(feature, "a truth value")
        }
    }

    /// Text; of any other type as it is printed.
    public func string(_ feature: String) throws(OnlineFeaturesError) -> String? {
        let value = try served(feature).value
        if case .string(let text) = value { return text }
        return value.text
    }

    public func bytes(_ feature: String) throws(OnlineFeaturesError) -> [UInt8]? {
        switch try served(feature).value {
        case .bytes(let value): return value
        case .null: return nil
        case .float64, .float32, .string, .int64, .timestamp, .bool, .uuid, .list, .vector: throw mismatch(feature, "bytes")
        }
    }

    /// An embedding.
    public func vector(_ feature: String) throws(OnlineFeaturesError) -> [Float]? {
        switch try served(feature).value {
        case .vector(let value): return value
        case .null: return nil
        case .float64, .float32, .string, .int64, .timestamp, .bool, .uuid, .list, .bytes: throw mismatch(feature, "a vector")
        }
    }

    /// A timestamp, in microseconds since 1970 (UTC).
    public func microseconds(_ feature: String) throws(OnlineFeaturesError) -> Int64? {
        switch try served(feature).value {
        case .timestamp(let value): return value.microseconds
        case .null: return nil
        case .float64, .float32, .string, .int64, .vector, .bool, .uuid, .list, .bytes: throw mismatch(feature, "a timestamp")
        }
    }

    public func presence(_ feature: String) throws(OnlineFeaturesError) -> FeaturePresence {
        switch try served(feature).status {
        case .present: .present
        case .nullValue: .null
        case .notFound: .notFound
        case .outsideMaxAge: .outdated
        case .invalid: .invalid
        }
    }

    /// When the value's event was, in microseconds since 1970 (UTC); nil when there is none.
    public func eventMicroseconds(_ feature: String) throws(OnlineFeaturesError) -> Int64? {
        try served(feature).eventTimestamp?.microseconds
    }

    private func served(_ feature: String) throws(OnlineFeaturesError) -> ServedFeature {
        guard let place = service.places[feature] else {
            throw .request("`\(feature)` is none of the features asked for: \(service.names.joined(separator: ", "))")
        }
        return result[feature: place, row: row]
    }

    private func mismatch(_ feature: String, _ wanted: String) -> OnlineFeaturesError {
        .request("feature `\(feature)` is not \(wanted)")
    }
}
