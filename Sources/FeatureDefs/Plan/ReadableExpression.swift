/// Writes a typed expression as a person would: `amount > 100 and country <> home_country`. Unlike the canonical text it
/// leaves out types and the conversions that the compiler put in, so that different meanings may read alike.
struct ReadableExpression<Input: ExpressionInput> {
    private let input: (Input) -> String

    init(input: @escaping (Input) -> String) {
        self.input = input
    }

    func text(_ expression: TypedExpression<Input>) -> String { written(expression).text }

    /// A text with how tightly it holds together; nil when nothing can come apart.
    private typealias Written = (text: String, precedence: Precedence?)

    private func text(_ expression: TypedExpression<Input>, within least: Precedence) -> String {
        let (text, precedence) = written(expression)
        return precedence.map { $0 < least } ?? false ? "(\(text))" : text
    }

    private func written(_ expression: TypedExpression<Input>) -> Written {
        switch expression.node {
        case .literal(.null): ("null", nil)
        case .literal(let value): (CanonicalText.literal(value, of: expression.type), nil)
        case .input(let input): (self.input(input), nil)
        case .call(let function, let arguments): call(function, arguments, type: expression.type)
        case .extract(let field, let operand): ("extract(\(field.rawValue) from \(text(operand)))", nil)
        case .conditional(let branches, let otherwise):
            (
                "case " + branches.map { "when \(text($0.condition)) then \(text($0.value)) " }.joined()
                    + (otherwise.map { "else \(text($0)) " } ?? "") + "end", nil
            )
        }
    }

    private func call(_ function: ScalarFunction, _ arguments: [TypedExpression<Input>], type: FeatureType) -> Written {
        switch function {
        case .add: infix("+", .additive, arguments)
        case .subtract: infix("-", .additive, arguments)
        case .multiply: infix("*", .multiplicative, arguments)
        case .divide: infix("/", .multiplicative, arguments)
        case .modulo: infix("%", .multiplicative, arguments)
        case .equal: infix("=", .comparison, arguments)
        case .notEqual: infix("<>", .comparison, arguments)
        case .less: infix("<", .comparison, arguments)
        case .lessOrEqual: infix("<=", .comparison, arguments)
        case .greater: infix(">", .comparison, arguments)
        case .greaterOrEqual: infix(">=", .comparison, arguments)
        case .and: infix("and", .and, arguments)
        case .or: infix("or", .or, arguments)
        case .append: infix("||", .append, arguments)
        case .negate: prefix("-", .unary, arguments)
        case .not: prefix("not ", .not, arguments)
        case .isNull: suffix(" is null", arguments)
        case .isNotNull: suffix(" is not null", arguments)
        case .toFloat64: arguments.first.map(written) ?? ("", nil)
        case .toInt64: (named("cast", arguments).dropLast() + " as int64)", nil)
        case .toVector: (named("cast", arguments.dropLast()).dropLast() + " as \(type))", nil)
        case .elementCount: (named("length", arguments), nil)
        case .secondsBetween: (named("seconds_between", arguments), nil)
        case .coalesce, .nullif, .least, .greatest, .abs, .floor, .ceil, .round, .ln, .exp, .sqrt, .power, .lower, .upper,
            .length, .substring, .concat:
            (named(function.rawValue, arguments), nil)
        }
    }

    private func infix(_ sign: String, _ precedence: Precedence, _ arguments: [TypedExpression<Input>]) -> Written {
        let texts = arguments.enumerated().map { index, argument in
            text(argument, within: index == 0 && precedence != .comparison ? precedence : precedence.tighter)
        }
        return (texts.joined(separator: " \(sign) "), precedence)
    }

    private func prefix(_ sign: String, _ precedence: Precedence, _ arguments: [TypedExpression<Input>]) -> Written {
        let operand = arguments.map { text($0, within: precedence) }.joined()
        // `--a` would be the start of a comment to whoever pastes it.
        return (sign + (operand.hasPrefix("-") ? "(\(operand))" : operand), precedence)
    }

    private func suffix(_ words: String, _ arguments: [TypedExpression<Input>]) -> Written {
        (arguments.map { text($0, within: Precedence.is.tighter) }.joined() + words, .is)
    }

    private func named(_ name: String, _ arguments: [TypedExpression<Input>]) -> String {
        "\(name)(\(arguments.map(text).joined(separator: ", ")))"
    }
}

extension TypedExpression<ColumnReference> {
    /// As a person would write it.
    package var readableText: String {
        ReadableExpression { (column: ColumnReference) in column.readableName }.text(self)
    }
}

extension TypedExpression<OnDemandInput> {
    /// As a person would write it; what comes with the request is marked, as in `request.amount`.
    package var readableText: String {
        ReadableExpression { (input: OnDemandInput) in
            switch input {
            case .feature(let reference): reference.description
            case .request(let name): "request.\(name)"
            }
        }.text(self)
    }
}

extension ColumnReference {
    /// Quoted only where the definition had to quote it.
    var readableName: String {
        let isPlain =
            name.unicodeScalars.allSatisfy { "a"..."z" ~= $0 || "0"..."9" ~= $0 || $0 == "_" }
            && Keyword(rawValue: name) == nil
        let text = isPlain ? name : CanonicalText.quoted(name, "\"")
        return storage == .numeric ? "lossy_float64(\(text))" : text
    }
}
