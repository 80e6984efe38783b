/// What an expression may read: a source column, or an on-demand view's inputs.
package protocol ExpressionInput: Hashable, Sendable, Codable {
    /// How definitions write the input, as in `amount` or `card_activity.spend_7d`.
    var spelling: String { get }
}

/// An expression whose names are bound and whose every node has a type: the one tree from which SQL is printed and the
/// native evaluator is compiled.
package struct TypedExpression<Input: ExpressionInput>: Hashable, Sendable {
    package let node: Node
    package let type: FeatureType

    package init(_ node: Node, type: FeatureType) {
        self.node = node
        self.type = type
    }

    package indirect enum Node: Hashable, Sendable {
        /// `42`, `'x'`, `null`; NULL takes its type from where it stands.
        case literal(FeatureValue)
        /// `amount`
        case input(Input)
        /// `a + b`, `coalesce(a, 0)`
        case call(ScalarFunction, [TypedExpression])
        /// `extract(hour from t)`
        case extract(TimestampField, TypedExpression)
        /// `case when c then v ... else e end`. Without `else` the result is NULL. Branches after the first that holds
        /// are not evaluated.
        case conditional([Branch], otherwise: TypedExpression?)
    }

    /// `when condition then value`
    package struct Branch: Hashable, Sendable {
        package let condition: TypedExpression
        package let value: TypedExpression

        package init(condition: TypedExpression, value: TypedExpression) {
            self.condition = condition
            self.value = value
        }
    }
}

extension TypedExpression {
    /// The direct sub-expressions, left to right. The only place that knows the shape of the tree.
    package var children: [TypedExpression] {
        switch node {
        case .literal, .input: []
        case .call(_, let arguments): arguments
        case .extract(_, let operand): [operand]
        case .conditional(let branches, let otherwise):
            branches.flatMap { [$0.condition, $0.value] } + (otherwise.map { [$0] } ?? [])
        }
    }

    /// Every input that the expression reads, in order of first appearance.
    package var inputs: [Input] {
        var seen = Set<Input>()
        return allInputs.filter { seen.insert($0).inserted }
    }

    private var allInputs: [Input] {
        if case .input(let input) = node { return [input] }
        return children.flatMap(\.allInputs)
    }
}

/// A column of the view's source.
package struct ColumnReference: ExpressionInput {
    package let name: String
    package let storage: ColumnStorage

    package init(name: String, storage: ColumnStorage) {
        self.name = name
        self.storage = storage
    }

    package var spelling: String { name }
}

/// What an on-demand feature reads.
package enum OnDemandInput: ExpressionInput {
    /// A feature of a feature view, or of another on-demand view.
    case feature(FeatureReference)
    /// A value that the caller sends with the request (in training: a spine column).
    case request(String)

    package var spelling: String {
        switch self {
        case .feature(let reference): reference.description
        case .request(let name): name
        }
    }
}
