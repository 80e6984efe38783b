package import FeatureDefs
package import Oracle

/// Well-typed random expressions over all functions and adversarial constants.
package struct ExpressionGenerator<Input: ExpressionInput> {
    private let inputs: [(input: Input, type: FeatureType)]
    private var random: SeededGenerator

    package init(inputs: [(input: Input, type: FeatureType)], random: SeededGenerator) {
        self.inputs = inputs
        self.random = random
    }

    /// The types that an expression may have: scalars, lists of each, and a short vector.
    private static var types: [FeatureType] {
        FeatureType.scalars + FeatureType.Scalar.allCases.map { .list($0) } + [.vector(2)]
    }

    /// An expression of a random type.
    package mutating func next(depth: Int) -> TypedExpression<Input> {
        let type = random.pick(Self.types)
        return next(type, depth: depth)
    }

    package mutating func next(_ type: FeatureType, depth: Int) -> TypedExpression<Input> {
        if depth <= 0 || random.oneIn(6) { return leaf(type) }
        if random.oneIn(5) { return lazyCall(type, depth: depth - 1) }
        switch type {
        case .int64: return integer(depth: depth - 1)
        case .float64: return float(depth: depth - 1)
        case .string: return text(depth: depth - 1)
        case .bool: return truth(depth: depth - 1)
        case .vector(let length): return vector(length, depth: depth - 1)
        case .float32, .timestamp, .bytes, .uuid, .list: return choice(type, depth: depth - 1)
        }
    }

    private mutating func leaf(_ type: FeatureType) -> TypedExpression<Input> {
        let candidates = inputs.filter { $0.type == type }
        if candidates.isEmpty || random.oneIn(4) { return constant(type) }
        return TypedExpression(.input(random.pick(candidates).input), type: type)
    }

    private mutating func constant(_ type: FeatureType) -> TypedExpression<Input> {
        let value = random.oneIn(8) ? .null : random.pick(AdversarialValues.constants(of: type))
        return TypedExpression(.literal(value), type: type)
    }

    private mutating func integer(depth: Int) -> TypedExpression<Input> {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: return call(random.pick([.add, .subtract, .multiply, .modulo]), [.int64, .int64], .int64, depth)
        case 4: return call(random.pick([.negate, .abs]), [.int64], .int64, depth)
        case 5: return call(.toInt64, [.float64], .int64, depth)
        case 6:
            if random.oneIn(2) { return call(.length, [.string], .int64, depth) }
            return call(.elementCount, [random.pick(Self.types.filter { $0.scalar == nil })], .int64, depth)
        case 7, 8:
            let field = random.pick(TimestampField.allCases.filter { $0 != .epoch })
            return TypedExpression(.extract(field, next(.timestamp, depth: depth)), type: .int64)
        default: return choice(.int64, depth: depth)
        }
    }

    private mutating func float(depth: Int) -> TypedExpression<Input> {
        switch Int.random(in: 0..<13, using: &random) {
        case 0..<4: return call(random.pick([.add, .subtract, .multiply, .divide]), [.float64, .float64], .float64, depth)
        case 4..<7:
            let function = random.pick([ScalarFunction.negate, .abs, .floor, .ceil, .round, .ln, .exp, .sqrt])
            return call(function, [.float64], .float64, depth)
        case 7, 8: return call(.power, [.float64, .float64], .float64, depth)
        case 9: return call(.toFloat64, [random.pick([.int64, .float32])], .float64, depth)
        case 10: return call(.secondsBetween, [.timestamp, .timestamp], .float64, depth)
        case 11: return TypedExpression(.extract(.epoch, next(.timestamp, depth: depth)), type: .float64)
        default: return choice(.float64, depth: depth)
        }
    }

    private mutating func text(depth: Int) -> TypedExpression<Input> {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return call(random.pick([.lower, .upper]), [.string], .string, depth)
        case 1, 2: return substring(depth: depth)
        case 3: return call(.concat, Array(repeating: .string, count: Int.random(in: 1...4, using: &random)), .string, depth)
        case 4: return call(.append, [.string, .string], .string, depth)
        default: return choice(.string, depth: depth)
        }
    }

    private mutating func substring(depth: Int) -> TypedExpression<Input> {
        var arguments = [next(.string, depth: depth), position(depth: depth)]
        if !random.oneIn(3) { arguments.append(position(depth: depth)) }
        return TypedExpression(.call(.substring, arguments), type: .string)
    }

    /// Mostly a number that falls in or near a text.
    private mutating func position(depth: Int) -> TypedExpression<Input> {
        if random.oneIn(4) { return next(.int64, depth: depth) }
        let near: Int64 = random.oneIn(8) ? 2_147_483_647 : Int64.random(in: -2...4, using: &random)
        return TypedExpression(.literal(.int64(near)), type: .int64)
    }

    private mutating func truth(depth: Int) -> TypedExpression<Input> {
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<3:
            let comparisons: [ScalarFunction] = [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]
            let type = random.pick(Self.types)
            return call(random.pick(type.scalar == nil ? [.equal, .notEqual] : comparisons), [type, type], .bool, depth)
        case 3, 4:
            let count = Int.random(in: 2...3, using: &random)
            return call(random.pick([.and, .or]), Array(repeating: .bool, count: count), .bool, depth)
        case 5: return call(.not, [.bool], .bool, depth)
        case 6: return call(random.pick([.isNull, .isNotNull]), [random.pick(Self.types)], .bool, depth)
        default: return choice(.bool, depth: depth)
        }
    }

    /// Mostly of a list that has the length.
    private mutating func vector(_ length: Int, depth: Int) -> TypedExpression<Input> {
        if random.oneIn(3) { return choice(.vector(length), depth: depth) }
        let count = TypedExpression<Input>(.literal(.int64(Int64(length))), type: .int64)
        return TypedExpression(.call(.toVector, [next(.list(.float32), depth: depth), count]), type: .vector(length))
    }

    /// Functions that take and give any type.
    private mutating func choice(_ type: FeatureType, depth: Int) -> TypedExpression<Input> {
        if random.oneIn(3) { return call(.nullif, [type, type], type, depth) }
        guard type.scalar != nil else { return lazyCall(type, depth: depth) }
        let count = Int.random(in: 1...4, using: &random)
        return call(random.pick([.least, .greatest]), Array(repeating: type, count: count), type, depth)
    }

    /// What decides which of its parts are evaluated.
    private mutating func lazyCall(_ type: FeatureType, depth: Int) -> TypedExpression<Input> {
        if random.oneIn(2) {
            return call(.coalesce, Array(repeating: type, count: Int.random(in: 1...3, using: &random)), type, depth)
        }
        var branches: [TypedExpression<Input>.Branch] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            branches.append(.init(condition: next(.bool, depth: depth), value: next(type, depth: depth)))
        }
        let otherwise = random.oneIn(3) ? nil : next(type, depth: depth)
        return TypedExpression(.conditional(branches, otherwise: otherwise), type: type)
    }

    private mutating func call(
        _ function: ScalarFunction, _ arguments: [FeatureType], _ type: FeatureType, _ depth: Int
    ) -> TypedExpression<Input> {
        var parts: [TypedExpression<Input>] = []
        for argument in arguments { parts.append(next(argument, depth: depth)) }
        return TypedExpression(.call(function, parts), type: type)
    }
}
