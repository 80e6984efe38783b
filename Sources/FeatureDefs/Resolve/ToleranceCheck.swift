extension ToleranceDefinition {
    /// The equality, if values of the type can be compared so; else nil, which is reported.
    func equality(of feature: String, type: FeatureType, into sink: inout DiagnosticSink) -> ValueEquality? {
        var isSound = true
        if let numbersKey, !Self.takes(numbersKey.name, type) {
            sink.report(.toleranceOfWrongType(numbersKey.name, of: feature, type: type, at: numbersKey.span))
            isSound = false
        }
        if let listKey, !type.isList {
            sink.report(.toleranceOfWrongType(listKey.name, of: feature, type: type, at: listKey.span))
            isSound = false
        }
        return isSound ? equality : nil
    }

    private static func takes(_ key: String, _ type: FeatureType) -> Bool {
        switch type {
        case .vector: true
        case .float64, .float32, .list(.float64), .list(.float32): key != ToleranceShape.cosine.name
        case .int64, .string, .bool, .timestamp, .bytes, .uuid, .list: false
        }
    }
}

extension FeatureType {
    fileprivate var isList: Bool {
        switch self {
        case .list: true
        case .int64, .float64, .float32, .string, .bool, .timestamp, .bytes, .uuid, .vector: false
        }
    }
}
