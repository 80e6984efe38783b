/// Reads a feature's `default:` as a constant of the feature's type.
enum DefaultValue {
    /// nil when it is not one, which is reported.
    static func resolve(_ written: ScalarText, of feature: FeaturePlan, into sink: inout DiagnosticSink) -> FeatureValue? {
        if case .window(let aggregate, _, _, _) = feature.computation, !aggregate.valueWhenNoRows.isNull {
            sink.report(.defaultNeverUsed(of: feature.name, aggregate: aggregate, at: written.span))
            return nil
        }
        guard !written.text.utf8.contains(0) else {
            sink.report(.nulCharacter(at: written.span))
            return nil
        }
        guard let value = value(written, as: feature.type) else {
            sink.report(
                .defaultOfWrongType(
                    of: feature.name, type: feature.type, found: written.text, isQuoted: written.style != .plain,
                    at: written.span))
            return nil
        }
        return value
    }

    /// As YAML has it: what is in quotes is a text, and what is not may be a number or a bool.
    static func value(_ written: ScalarText, as type: FeatureType) -> FeatureValue? {
        let isPlain = written.style == .plain
        switch type {
        case .string:
            return isPlain && isNumberOrBool(written.text) ? nil : .string(written.text)
        case .int64:
            return isPlain ? FeatureValue(parsing: written.text, as: type) : nil
        case .float64, .float32:
            return isPlain ? FeatureValue(parsing: yamlFloats[written.text.lowercased()] ?? written.text, as: type) : nil
        case .bool:
            return isPlain ? bools[written.text.lowercased()].map { .bool($0) } : nil
        case .timestamp, .bytes, .uuid, .list, .vector:
            return FeatureValue(parsing: written.text, as: type)
        }
    }

    private static let bools = ["true": true, "false": false]
    private static let yamlFloats = [".nan": "NaN", ".inf": "Infinity", "+.inf": "Infinity", "-.inf": "-Infinity"]

    private static func isNumberOrBool(_ text: String) -> Bool {
        let lowercased = text.lowercased()
        return Double(text) != nil || yamlFloats[lowercased] != nil || bools[lowercased] != nil
    }
}
