import FeatureDefs

/// One step of a compiled expression. Operands and results are registers; jumps name the instruction to go on with.
enum Instruction: Hashable, Sendable {
    case copy(from: Int, into: Int)
    /// Raises the error that stands in a slot of the row, if any.
    case demand(slot: Int)
    case unary(ScalarFunction, Int, into: Int)
    case binary(ScalarFunction, Int, Int, into: Int)
    /// The operands are `count` registers that follow one another: an array here would be counted at every step.
    case list(ScalarFunction, first: Int, count: Int, into: Int)
    case extract(TimestampField, Int, into: Int)
    /// A position in text must fit Postgres' int4, and is judged before the arguments after it.
    case requireInt32(Int)
    case jump(to: Int)
    /// The next argument of `coalesce` is not needed.
    case jumpIfNotNull(Int, to: Int)
    /// The next operand of `or` (true) or `and` (false) is not needed.
    case jumpIf(Bool, Int, to: Int)
    /// The condition is false or NULL: on to the next branch.
    case jumpUnlessTrue(Int, to: Int)

    /// Does the step and says which is next.
    func execute(at position: Int, on registers: inout [FeatureValue]) throws(EvaluationError) -> Int {
        switch self {
        case .copy(let source, let result):
            registers[result] = registers[source]
        // The row is the caller's.
        case .demand:
            break
        case .unary(let function, let operand, let result):
            registers[result] = try ScalarKernels.apply(function, registers[operand])
        case .binary(let function, let lhs, let rhs, let result):
            registers[result] = try ScalarKernels.apply(function, registers[lhs], registers[rhs])
        case .list(let function, let first, let count, let result):
            registers[result] = try ScalarKernels.applyToList(function, Array(registers[first..<first + count]))
        case .extract(let field, let operand, let result):
            registers[result] = try Self.extracted(field, from: registers[operand])
        case .requireInt32(let operand):
            if case .int64(let number) = registers[operand] { _ = try IntegerKernels.toInt32(number) }
        case .jump(let target):
            return target
        case .jumpIfNotNull(let operand, let target):
            if !registers[operand].isNull { return target }
        case .jumpIf(let expected, let operand, let target):
            if case .bool(expected) = registers[operand] { return target }
        case .jumpUnlessTrue(let operand, let target):
            guard case .bool(true) = registers[operand] else { return target }
        }
        return position + 1
    }

    private static func extracted(
        _ field: TimestampField, from value: FeatureValue
    ) throws(EvaluationError) -> FeatureValue {
        switch value {
        case .null: .null
        case .timestamp(let timestamp): try TimestampKernels.extract(field, from: timestamp)
        case .int64, .float64, .float32, .string, .bool, .bytes, .uuid, .list, .vector: throw .inputOfWrongType
        }
    }
}
