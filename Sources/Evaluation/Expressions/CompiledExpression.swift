package import FeatureDefs

/// An expression made into a flat program: instructions over a register file, with jumps around the lazy parts.
///
/// `coalesce(amount, 0) + fee` is
/// ```
/// copy r0 -> r3; jumpIfNotNull r3 -> 3; copy r1 -> r3; add r3, r2 -> r3
/// ```
/// Evaluation allocates the register file and, for new text, the text; it does not walk the tree, so that depth costs
/// no stack.
package struct CompiledExpression: Sendable {
    /// Fills an input's register.
    struct Load: Sendable {
        let slot: Int
        let register: Int
        let type: FeatureType
    }

    let instructions: [Instruction]
    let loads: [Load]
    /// Constants in their registers, NULL in all others.
    let initialRegisters: [FeatureValue]
    let resultRegister: Int
    package let type: FeatureType

    /// - Parameters:
    ///   - slots: where each input stands in the row that `evaluate` is given.
    ///   - isFallible: whether an input may be an error instead of a value. It is raised when the input is read, as if
    ///     the expression of the input stood in its place.
    package init<Input: ExpressionInput>(
        _ expression: TypedExpression<Input>,
        slots: (Input) -> Int,
        isFallible: (Input) -> Bool = { _ in false }
    ) {
        var compiler = ExpressionCompiler<Input>()
        var folder = ConstantFolder<Input>()
        resultRegister = compiler.compile(folder.folded(expression), slots: slots, isFallible: isFallible)
        instructions = compiler.instructions
        loads = compiler.loads
        initialRegisters = compiler.initialRegisters
        type = expression.type
    }

    /// The value for one row of inputs.
    package func evaluate(_ inputs: [FeatureValue]) throws(EvaluationError) -> FeatureValue {
        try evaluate(input: { inputs[$0] })
    }

    /// The value for one row, whose inputs are fetched by slot, each once, whether the value needs it or not.
    ///
    /// - Parameter failure: the error that stands in a slot of a fallible input; nil where there is a value.
    package func evaluate(
        input: (_ slot: Int) -> FeatureValue,
        failure: (_ slot: Int) -> EvaluationError? = { _ in nil }
    ) throws(EvaluationError) -> FeatureValue {
        var registers = initialRegisters
        for load in loads {
            let value = input(load.slot)
            guard value.isNull || value.type == load.type else { throw .inputOfWrongType }
            registers[load.register] = value
        }
        var position = 0
        while position < instructions.count {
            if case .demand(let slot) = instructions[position] {
                if let error = failure(slot) { throw error }
                position += 1
            } else {
                position = try instructions[position].execute(at: position, on: &registers)
            }
        }
        return registers[resultRegister]
    }
}
