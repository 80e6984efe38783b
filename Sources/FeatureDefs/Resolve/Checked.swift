/// What type checking makes of one node. A failed one unifies with everything, so that one mistake gives one message.
enum Checked<Input: ExpressionInput> {
    case typed(Typed<Input>)
    /// `null`, which takes its type from what stands beside it.
    case untypedNull(Range<Int>)
    /// Reported.
    case failed
}

/// A typed node with what the checker wants to know of it without walking it again.
struct Typed<Input: ExpressionInput> {
    let expression: TypedExpression<Input>
    let range: Range<Int>
    /// Whether it reads no input.
    let isConstant: Bool
    let depth: Int
    /// Nodes, counted as often as they stand in the tree.
    let size: Int

    var type: FeatureType { expression.type }

    /// A node without children.
    init(leaf expression: TypedExpression<Input>, range: Range<Int>) {
        self.expression = expression
        self.range = range
        if case .literal = expression.node { isConstant = true } else { isConstant = false }
        depth = 1
        size = 1
    }

    /// A node over children.
    init(_ node: TypedExpression<Input>.Node, type: FeatureType, over children: [Typed], range: Range<Int>) {
        expression = TypedExpression(node, type: type)
        self.range = range
        isConstant = children.allSatisfy(\.isConstant)
        depth = 1 + (children.map(\.depth).max() ?? 0)
        size = children.reduce(1) { min(1 << 40, $0 + $1.size) }
    }

    /// As float64, where a number must be one.
    var widened: Typed {
        if type == .float64 { return self }
        // Rounds as the cast would, and keeps plans and SQL readable.
        if case .literal(.int64(let value)) = expression.node {
            return Typed(leaf: TypedExpression(.literal(.float64(Double(value))), type: .float64), range: range)
        }
        if case .literal(.null) = expression.node {
            return Typed(leaf: TypedExpression(.literal(.null), type: .float64), range: range)
        }
        return Typed(.call(.toFloat64, [expression]), type: .float64, over: [self], range: range)
    }
}

extension TypedExpression {
    /// The same tree for another kind of input, when it reads none.
    func asConstant<Other: ExpressionInput>(of _: Other.Type) -> TypedExpression<Other>? {
        switch node {
        case .literal(let value): return TypedExpression<Other>(.literal(value), type: type)
        case .input: return nil
        case .call(let function, let arguments):
            let converted = arguments.compactMap { $0.asConstant(of: Other.self) }
            return converted.count == arguments.count ? TypedExpression<Other>(.call(function, converted), type: type) : nil
        case .extract(let field, let operand):
            return operand.asConstant(of: Other.self).map { TypedExpression<Other>(.extract(field, $0), type: type) }
        case .conditional(let branches, let otherwise):
            var converted: [TypedExpression<Other>.Branch] = []
            for branch in branches {
                guard let condition = branch.condition.asConstant(of: Other.self),
                    let value = branch.value.asConstant(of: Other.self)
                else { return nil }
                converted.append(.init(condition: condition, value: value))
            }
            guard let otherwise else { return TypedExpression<Other>(.conditional(converted, otherwise: nil), type: type) }
            return otherwise.asConstant(of: Other.self).map {
                TypedExpression<Other>(.conditional(converted, otherwise: $0), type: type)
            }
        }
    }
}
