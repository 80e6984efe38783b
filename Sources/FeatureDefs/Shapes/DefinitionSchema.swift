/// The JSON Schema (draft 2020-12) of a definition file, for editors: what shape it has, not what its names and expressions mean.
package enum DefinitionSchema {
    package static var document: JSONSchemaNode {
        let root = DefinitionFileShape.shape
        var members = members(of: root)
        members["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        members["title"] = "asof feature definitions"
        // An empty file is a definition file too.
        members["type"] = ["object", "null"]
        members["$defs"] = .object(
            Dictionary(root.parts.map { ($0.id, .object(Self.members(of: $0))) }) { first, _ in first })
        return .object(members)
    }

    private static func members(of shape: MappingShape) -> [String: JSONSchemaNode] {
        let variantKeys = shape.variants.flatMap { $0.keys.map(\.name) }
        let required = shape.keys.filter { $0.example != nil && !variantKeys.contains($0.name) }.map(\.name)
        var members: [String: JSONSchemaNode] = [
            "description": .string(shape.description),
            "type": "object",
            "properties": .object(Dictionary(shape.keys.map { ($0.name, property($0)) }) { first, _ in first }),
            "additionalProperties": false,
        ]
        if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        if !shape.variants.isEmpty { members["oneOf"] = .array(shape.variants.map(variant)) }
        return members
    }

    private static func variant(_ variant: MappingShape.Variant) -> JSONSchemaNode {
        var members: [String: JSONSchemaNode] = ["required": .array(variant.keys.map { .string($0.name) })]
        if !variant.without.isEmpty {
            members["properties"] = .object(Dictionary(variant.without.map { ($0.name, false) }) { first, _ in first })
        }
        return .object(members)
    }

    private static func property(_ key: KeyShape) -> JSONSchemaNode {
        var members = self.members(of: key.value)
        // Beside a `$ref` it says what the key is for, and the reference what the value is.
        members["description"] = .string(key.description)
        return .object(members)
    }

    private static func members(of value: ValueShape) -> [String: JSONSchemaNode] {
        switch value {
        case .text, .constant, .expression, .rowsOrExpression:
            // YAML reads `latest: 1` as a number.
            return ["type": ["string", "number", "boolean"]]
        case .word(let words): return ["enum": .array(words.map { .string($0) })]
        case .name: return ["type": "string", "minLength": .integer(1)]
        case .period(let isPositive):
            let units = Period.units.map(\.suffix).joined(separator: "|")
            if isPositive { return ["type": "string", "pattern": .string("^(?=.*[1-9])([0-9]+(\(units)))+$")] }
            // A plain `delay: 0` is a number to YAML.
            return [
                "type": ["string", "integer"], "pattern": .string("^(0|([0-9]+(\(units)))+)$"), "minimum": .integer(0),
                "maximum": .integer(0),
            ]
        case .type:
            let scalars = FeatureType.scalars.map(\.description).joined(separator: "|")
            return ["type": "string", "pattern": .string("^(\(scalars)|list<(\(scalars))>|vector<[1-9][0-9]{0,4}>)$")]
        case .number(let range):
            return ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        case .wholeNumber(let range):
            return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .flag: return ["type": "boolean"]
        case .list(let item, let mayBeEmpty):
            var members: [String: JSONSchemaNode] = ["type": "array", "items": .object(self.members(of: item))]
            if !mayBeEmpty { members["minItems"] = .integer(1) }
            return members
        case .entries(let key, let value, let mayBeEmpty):
            var members: [String: JSONSchemaNode] = [
                "type": mayBeEmpty ? ["object", "null"] : "object",
                "additionalProperties": .object(self.members(of: value)),
            ]
            if !mayBeEmpty { members["minProperties"] = .integer(1) }
            switch key {
            case .name(let what):
                members["propertyNames"] = ["pattern": .string(NameRule.pattern), "description": .string("the name of \(what)")]
            case .text: break
            }
            return members
        case .mapping(let shape): return ["$ref": .string("#/$defs/\(shape.id)")]
        case .either(let short, let long):
            return ["anyOf": [.object(self.members(of: short)), .object(self.members(of: long))]]
        }
    }
}
