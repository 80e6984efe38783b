/// Expressions as JSON, two levels of nesting for one of the tree: Foundation reads no more than 512, which the
/// synthesised form would reach at a tree of a hundred.
///
///     {"call": "add", "of": [{"input": ..., "type": "int64"}, {"literal": ..., "type": "int64"}], "type": "int64"}
extension TypedExpression: Codable {
    private enum CodingKeys: String, CodingKey {
        case type, literal, input, call, extract, of
        /// Conditions and values in turn.
        case branches = "case"
        case otherwise = "else"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(FeatureType.self, forKey: .type)
        if let value = try container.decodeIfPresent(FeatureValue.self, forKey: .literal) {
            self.init(.literal(value), type: type)
        } else if let input = try container.decodeIfPresent(Input.self, forKey: .input) {
            self.init(.input(input), type: type)
        } else if let function = try container.decodeIfPresent(ScalarFunction.self, forKey: .call) {
            self.init(.call(function, try container.decode([TypedExpression].self, forKey: .of)), type: type)
        } else if let field = try container.decodeIfPresent(TimestampField.self, forKey: .extract) {
            let operands = try container.decode([TypedExpression].self, forKey: .of)
            guard let operand = operands.first, operands.count == 1 else {
                throw DecodingError.dataCorruptedError(forKey: .of, in: container, debugDescription: "extract has one operand")
            }
            self.init(.extract(field, operand), type: type)
        } else {
            let parts = try container.decode([TypedExpression].self, forKey: .branches)
            guard !parts.isEmpty, parts.count.isMultiple(of: 2) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .branches, in: container, debugDescription: "a value for each condition")
            }
            let branches = stride(from: 0, to: parts.count, by: 2).map { Branch(condition: parts[$0], value: parts[$0 + 1]) }
            let otherwise = try container.decodeIfPresent(TypedExpression.self, forKey: .otherwise)
            self.init(.conditional(branches, otherwise: otherwise), type: type)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        switch node {
        case .literal(let value): try container.encode(value, forKey: .literal)
        case .input(let input): try container.encode(input, forKey: .input)
        case .call(let function, let arguments):
            try container.encode(function, forKey: .call)
            try container.encode(arguments, forKey: .of)
        case .extract(let field, let operand):
            try container.encode(field, forKey: .extract)
            try container.encode([operand], forKey: .of)
        case .conditional(let branches, let otherwise):
            try container.encode(branches.flatMap { [$0.condition, $0.value] }, forKey: .branches)
            try container.encodeIfPresent(otherwise, forKey: .otherwise)
        }
    }
}
