/// Writes a typed expression so that equal meaning is equal text: every name quoted, every call spelled out.
///
///     greater("amount":float64, 100.0)
struct CanonicalExpression<Input: ExpressionInput> {
    let expression: TypedExpression<Input>
    /// How an input of a type is written.
    let input: (Input, FeatureType) -> String

    var text: String {
        var text = ""
        write(expression, into: &text)
        return text
    }

    private func write(_ expression: TypedExpression<Input>, into text: inout String) {
        switch expression.node {
        case .literal(let value): text += CanonicalText.literal(value, of: expression.type)
        case .input(let name): text += input(name, expression.type)
        case .call(let function, let arguments): write(function.rawValue, arguments, into: &text)
        case .extract(let field, let operand): write("extract_\(field.rawValue)", [operand], into: &text)
        case .conditional(let branches, let otherwise):
            write(
                otherwise == nil ? "case" : "case_else",
                branches.flatMap { [$0.condition, $0.value] } + [otherwise].compactMap { $0 }, into: &text)
        }
    }

    private func write(_ function: String, _ arguments: [TypedExpression<Input>], into text: inout String) {
        text += function + "("
        for (index, argument) in arguments.enumerated() {
            if index > 0 { text += ", " }
            write(argument, into: &text)
        }
        text += ")"
    }
}

/// The small pieces of canonical text.
enum CanonicalText {
    static func literal(_ value: FeatureValue, of type: FeatureType) -> String {
        switch value {
        case .null: "null:\(type)"
        case .int64(let value): "\(value)"
        case .float64(let value): "\(value)"
        case .float32(let value): "\(value):float32"
        case .string(let value): quoted(value, "'")
        case .bool(let value): "\(value)"
        case .timestamp(let value): "timestamp '\(value)'"
        case .bytes(let value): "bytes '\(value.map { String($0, radix: 16) }.joined(separator: " "))'"
        case .uuid(let value): "uuid '\(value)'"
        case .list, .vector: "\(type) \(quoted(value.text ?? "", "'"))"
        }
    }

    static func column(_ column: ColumnReference) -> String {
        let name = "\(quoted(column.name, "\"")):\(column.storage.featureType)"
        // Read by a conversion that loses digits, and so by another meaning than a float column's.
        return column.storage == .numeric ? "lossy(\(name))" : name
    }

    /// On one line, whatever the text holds.
    static func quoted(_ text: String, _ quote: Character) -> String {
        var quotedText = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": quotedText += "\\\\"
            case "\n": quotedText += "\\n"
            case "\r": quotedText += "\\r"
            default:
                if Character(scalar) == quote { quotedText += "\\" }
                quotedText.unicodeScalars.append(scalar)
            }
        }
        return quotedText + String(quote)
    }
}
