// AS0220: how values are compared.
extension Diagnostic {
    static func toleranceOfWrongType(_ key: String, of feature: String, type: FeatureType, at span: SourceSpan) -> Diagnostic {
        let help: String =
            switch type {
            case .vector: "vectors take `cosine`, `rel`, `abs`, `ulp`, `float32` or `decimals`"
            case .float64, .float32: "floats take `rel`, `abs`, `ulp`, `float32` or `decimals`"
            case .list(.float64), .list(.float32):
                "lists of floats take `rel`, `abs`, `ulp`, `float32` or `decimals`, and `set` or `multiset`"
            case .list: "lists take `set` or `multiset`; their elements are equal or not"
            case .int64, .string, .bool, .timestamp, .bytes, .uuid: "values of this type are equal or not; remove it"
            }
        return Diagnostic(
            .toleranceOfWrongType, "`\(key)` does not compare values of feature `\(feature)`, which is \(type)",
            at: Label(span, "not for \(type)"), help: [help])
    }
}
