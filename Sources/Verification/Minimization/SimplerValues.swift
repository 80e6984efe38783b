import FeatureDefs

/// What a reader would rather see in the place of a value, plainest first.
enum SimplerValues {
    /// Values to try, all of them plainer than the value; none when nothing is.
    static func of(_ value: FeatureValue, _ storage: ColumnStorage) -> [FeatureValue] {
        let choices: [FeatureValue]
        switch storage.featureType {
        case .int64: choices = [.null, .int64(0), .int64(1), .int64(2)]
        case .float64: choices = [.null, .float64(0), .float64(1), .float64(2)]
        case .float32: choices = [.null, .float32(0), .float32(1), .float32(2)]
        case .string: choices = [.null, .string("a"), .string("b")]
        case .bool: choices = [.null, .bool(false)]
        case .bytes: choices = [.null, .bytes([0])]
        case .list(let element): choices = [.null, .list(FeatureList([], of: element))]
        case .timestamp, .uuid, .vector: choices = [.null]
        }
        return Array(choices.prefix { $0 != value })
    }
}
