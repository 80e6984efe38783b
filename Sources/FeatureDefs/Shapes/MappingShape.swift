/// A mapping with known keys: an entity, a feature view, its `schedule`.
struct MappingShape: Sendable {
    /// What the JSON Schema and the reference call it: `feature_view`.
    let id: String
    /// For the reference: "A feature view".
    let title: String
    let description: String
    /// A whole one as it is written, without its name.
    let example: String
    let keys: [KeyShape]
    /// Ways of writing it, of which exactly one is taken; empty when its keys are free of each other.
    let variants: [Variant]

    /// A way of writing a mapping, known by the keys that make it.
    struct Variant: Sendable {
        let keys: [KeyShape]
        /// Keys that may not stand beside them, and are no variant's own.
        let without: [KeyShape]

        init(_ keys: KeyShape..., without: [KeyShape] = []) {
            self.keys = keys
            self.without = without
        }
    }

    init(
        _ id: String, title: String, _ description: String, example: String, keys: [KeyShape], variants: [Variant] = []
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.example = example
        self.keys = keys
        self.variants = variants
    }

    var keyNames: [String] { keys.map(\.name) }

    /// The mappings within it, each once, in order of first use.
    var parts: [MappingShape] {
        var found: [MappingShape] = []
        for key in keys {
            for part in key.value.mappings where !found.contains(where: { $0.id == part.id }) { found.append(part) }
        }
        return found
    }
}

extension ValueShape {
    /// The mappings that a value may be or hold, outermost first.
    fileprivate var mappings: [MappingShape] {
        switch self {
        case .text, .name, .expression, .rowsOrExpression, .period, .type, .number, .wholeNumber, .constant, .word, .flag: []
        case .list(let item, _): item.mappings
        case .entries(_, let value, _): value.mappings
        case .mapping(let shape): [shape] + shape.parts
        case .either(let short, let long): short.mappings + long.mappings
        }
    }
}
