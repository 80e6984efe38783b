/// Computes a constant expression; the text of its error, or nil when it has a value. `FeatureDefs` has no evaluator of
/// its own, and Postgres computes constants at plan time, even in a branch that is never taken.
package typealias ConstantChecker = @Sendable (TypedExpression<ColumnReference>) -> String?

/// Binds an expression's names and gives every node its type.
struct TypeChecker<Scope: ExpressionScope> {
    typealias Input = Scope.Input

    /// Levels of the typed tree, which later stages walk by recursion and JSON nests twice a level.
    static var depthLimit: Int { ExpressionParser.depthLimit }
    /// Nodes of the typed tree: `in`, `between` and simple `case` repeat their operand.
    static var sizeLimit: Int { 100_000 }

    let scope: Scope
    let source: ParsedExpression
    let constantChecker: ConstantChecker?
    var sink = DiagnosticSink()

    /// The typed tree, or nil when there is a mistake, which is reported.
    static func check(
        _ source: ParsedExpression, in scope: Scope, constantChecker: ConstantChecker?, into sink: inout DiagnosticSink
    ) -> TypedExpression<Input>? {
        var checker = TypeChecker(scope: scope, source: source, constantChecker: constantChecker)
        let checked = checker.check(source.root)
        if case .untypedNull(let range) = checked { checker.sink.report(.untypedNull(at: source.span(range))) }
        checker.sink.diagnostics.forEach { sink.report($0) }
        guard case .typed(let typed) = checked, checker.sink.isEmpty else { return nil }
        return typed.expression
    }

    mutating func check(_ syntax: SyntaxExpression) -> Checked<Input> {
        let range = syntax.range
        let source = source
        switch syntax.node {
        case .literal(let value):
            guard let type = value.type else { return .untypedNull(range) }
            return .typed(Typed(leaf: TypedExpression(.literal(value), type: type), range: range))
        case .name(let name, let isQuoted):
            return leaf(scope.resolve(name, isQuoted: isQuoted, at: source.span(range), into: &sink), range)
        case .qualified(let view, let feature):
            let reference = FeatureReference(view: view, feature: feature)
            return leaf(scope.resolve(reference, at: source.span(range), into: &sink), range)
        case .unary(let unary, let operand): return check(unary, operand, range)
        case .binary(let binary, let operatorRange, let lhs, let rhs):
            let (left, right) = (check(lhs), check(rhs))
            return apply(binary, operatorRange, left, right, range)
        case .isNull(let operand, let isNegated):
            guard let operand = typed(check(operand)) else { return .failed }
            return call(isNegated ? .isNotNull : .isNull, [operand], type: .bool, range)
        case .isIn(let operand, let list, let isNegated): return checkIn(operand, list, isNegated, range)
        case .isBetween(let operand, let low, let high, let isNegated):
            return checkBetween(operand, low, high, isNegated, range)
        case .conditional(let operand, let branches, let otherwise):
            return checkConditional(operand, branches, otherwise, range)
        case .call(let name, let arguments): return checkCall(name, arguments, range)
        case .cast(let operand, let type): return checkCast(operand, type, range)
        case .extract(let field, let operand): return checkExtract(field, operand, range)
        }
    }

    private func leaf(_ expression: TypedExpression<Input>?, _ range: Range<Int>) -> Checked<Input> {
        expression.map { .typed(Typed(leaf: $0, range: range)) } ?? .failed
    }

    // MARK: Building nodes

    /// A node over its children, unless it grew too large, or is a constant that has no value.
    mutating func node(
        _ node: TypedExpression<Input>.Node, type: FeatureType, over children: [Typed<Input>], _ range: Range<Int>
    ) -> Checked<Input> {
        let typed = Typed(node, type: type, over: children, range: range)
        guard typed.depth <= Self.depthLimit else {
            sink.report(.nestingTooDeep("expression", limit: Self.depthLimit, at: source.span(range)))
            return .failed
        }
        guard typed.size <= Self.sizeLimit else {
            sink.report(.expressionTooLarge(limit: Self.sizeLimit, at: source.span(range)))
            return .failed
        }
        if typed.isConstant, let constantChecker, let constant = typed.expression.asConstant(of: ColumnReference.self),
            let reason = constantChecker(constant)
        {
            sink.report(.constantFails(reason, at: source.span(range)))
            return .failed
        }
        return .typed(typed)
    }

    mutating func call(
        _ function: ScalarFunction, _ arguments: [Typed<Input>], type: FeatureType, _ range: Range<Int>
    ) -> Checked<Input> {
        node(.call(function, arguments.map(\.expression)), type: type, over: arguments, range)
    }

    /// The node, if it has a type; a `null` without one is reported.
    mutating func typed(_ checked: Checked<Input>) -> Typed<Input>? {
        switch checked {
        case .typed(let typed): return typed
        case .untypedNull(let range):
            sink.report(.untypedNull(at: source.span(range)))
            return nil
        case .failed: return nil
        }
    }

    /// The node as the type that its place asks for; a `null` takes it. Widens to float64, reports anything else.
    mutating func expect(_ type: FeatureType, _ checked: Checked<Input>, of operation: String) -> Typed<Input>? {
        switch checked {
        case .untypedNull(let range): return null(type, range)
        case .failed: return nil
        case .typed(let typed):
            if typed.type == type { return typed }
            if type == .float64, typed.type.isNumeric { return typed.widened }
            sink.report(.wrongArgumentType(operation, takes: type.description, found: typed.type, at: source.span(typed.range)))
            return nil
        }
    }

    func null(_ type: FeatureType, _ range: Range<Int>) -> Typed<Input> {
        Typed(leaf: TypedExpression(.literal(.null), type: type), range: range)
    }
}
