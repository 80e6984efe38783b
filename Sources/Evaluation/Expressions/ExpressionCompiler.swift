import FeatureDefs

/// Lays an expression out as instructions. An input and a constant have a register of their own, an intermediate
/// result has one until it is used, so that the file grows with the tree's depth rather than its size.
struct ExpressionCompiler<Input: ExpressionInput> {
    private(set) var instructions: [Instruction] = []
    private(set) var loads: [CompiledExpression.Load] = []
    private(set) var initialRegisters: [FeatureValue] = []
    private var inputRegisters: [Input: Int] = [:]
    private var fallibleSlots: [Input: Int] = [:]
    private var temporaries: Set<Int> = []
    private var freeTemporaries: [Int] = []

    /// Appends the program of an expression, and says where it leaves the result.
    mutating func compile(
        _ expression: TypedExpression<Input>,
        slots: (Input) -> Int,
        isFallible: (Input) -> Bool
    ) -> Int {
        for (input, type) in Self.typedInputs(of: expression) where inputRegisters[input] == nil {
            let register = newRegister(.null)
            inputRegisters[input] = register
            loads.append(.init(slot: slots(input), register: register, type: type))
            if isFallible(input) { fallibleSlots[input] = slots(input) }
        }
        return operand(expression)
    }

    /// Computes an expression, into its own register if it has one.
    private mutating func operand(_ expression: TypedExpression<Input>) -> Int {
        switch expression.node {
        case .literal(let value):
            return newRegister(value)
        case .input(let input):
            guard let register = inputRegisters[input] else { preconditionFailure("an input has no register") }
            if let slot = fallibleSlots[input] { instructions.append(.demand(slot: slot)) }
            return register
        case .call, .extract, .conditional:
            let result = newTemporary()
            emit(expression, into: result)
            return result
        }
    }

    private mutating func emit(_ expression: TypedExpression<Input>, into result: Int) {
        switch expression.node {
        case .literal, .input:
            instructions.append(.copy(from: operand(expression), into: result))
        case .call(let function, let arguments):
            switch function {
            case .and: emitConnective(.and, arguments, decidedBy: false, into: result)
            case .or: emitConnective(.or, arguments, decidedBy: true, into: result)
            case .coalesce: emitCoalesce(arguments, into: result)
            default: emitCall(function, arguments, into: result)
            }
        case .extract(let field, let timestamp):
            let operand = operand(timestamp)
            instructions.append(.extract(field, operand, into: result))
            release([operand])
        case .conditional(let branches, let otherwise):
            emitConditional(branches, otherwise: otherwise, into: result)
        }
    }

    private mutating func emitCall(
        _ function: ScalarFunction,
        _ arguments: [TypedExpression<Input>],
        into result: Int
    ) {
        switch arguments.count {
        case 1:
            let value = operand(arguments[0])
            instructions.append(.unary(function, value, into: result))
            release([value])
        case 2:
            let lhs = operand(arguments[0])
            let rhs = operand(arguments[1])
            if function == .substring { instructions.append(.requireInt32(rhs)) }
            instructions.append(.binary(function, lhs, rhs, into: result))
            release([lhs, rhs])
        default:
            emitList(function, arguments, into: result)
        }
    }

    /// The operands get a row of registers of their own.
    private mutating func emitList(
        _ function: ScalarFunction,
        _ arguments: [TypedExpression<Input>],
        into result: Int
    ) {
        let first = initialRegisters.count
        for _ in arguments { _ = newRegister(.null) }
        for (index, argument) in arguments.enumerated() {
            emit(argument, into: first + index)
            if function == .substring, index > 0 { instructions.append(.requireInt32(first + index)) }
        }
        instructions.append(.list(function, first: first, count: arguments.count, into: result))
    }

    private mutating func emitConnective(
        _ function: ScalarFunction, _ arguments: [TypedExpression<Input>], decidedBy decisive: Bool, into result: Int
    ) {
        var exits: [Int] = []
        for (index, argument) in arguments.enumerated() {
            if index == 0 {
                emit(argument, into: result)
            } else {
                exits.append(placeholder())
                let operand = operand(argument)
                instructions.append(.binary(function, result, operand, into: result))
                release([operand])
            }
        }
        for exit in exits { instructions[exit] = .jumpIf(decisive, result, to: instructions.count) }
    }

    private mutating func emitCoalesce(_ arguments: [TypedExpression<Input>], into result: Int) {
        var exits: [Int] = []
        for (index, argument) in arguments.enumerated() {
            if index > 0 { exits.append(placeholder()) }
            emit(argument, into: result)
        }
        for exit in exits { instructions[exit] = .jumpIfNotNull(result, to: instructions.count) }
    }

    private mutating func emitConditional(
        _ branches: [TypedExpression<Input>.Branch], otherwise: TypedExpression<Input>?, into result: Int
    ) {
        var exits: [Int] = []
        for branch in branches {
            let condition = operand(branch.condition)
            let skip = placeholder()
            emit(branch.value, into: result)
            exits.append(placeholder())
            instructions[skip] = .jumpUnlessTrue(condition, to: instructions.count)
            release([condition])
        }
        if let otherwise {
            emit(otherwise, into: result)
        } else {
            instructions.append(.copy(from: newRegister(.null), into: result))
        }
        for exit in exits { instructions[exit] = .jump(to: instructions.count) }
    }

    /// A place for a jump whose target is not known yet.
    private mutating func placeholder() -> Int {
        instructions.append(.jump(to: instructions.count + 1))
        return instructions.count - 1
    }

    private mutating func newRegister(_ value: FeatureValue) -> Int {
        initialRegisters.append(value)
        return initialRegisters.count - 1
    }

    private mutating func newTemporary() -> Int {
        if let free = freeTemporaries.popLast() { return free }
        let register = newRegister(.null)
        temporaries.insert(register)
        return register
    }

    private mutating func release(_ registers: [Int]) {
        freeTemporaries.append(contentsOf: registers.filter(temporaries.contains))
    }

    private static func typedInputs(of expression: TypedExpression<Input>) -> [(Input, FeatureType)] {
        if case .input(let input) = expression.node { return [(input, expression.type)] }
        return expression.children.flatMap(typedInputs)
    }
}
