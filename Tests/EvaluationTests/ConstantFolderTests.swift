import Evaluation
import FeatureDefs
import Testing

@Suite struct ConstantFolderTests {
    private typealias Expression = TypedExpression<OnDemandInput>

    private let x = Expression(.input(.request("x")), type: .int64)
    private let zero = Expression(.literal(.int64(0)), type: .int64)
    private let one = Expression(.literal(.int64(1)), type: .int64)

    private func modulo(_ lhs: Expression, _ rhs: Expression) -> Expression {
        Expression(.call(.modulo, [lhs, rhs]), type: .int64)
    }

    @Test func aConstantPartThatFailsIsFoundWhereverItStands() {
        let failing = modulo(one, zero)
        let branch = Expression.Branch(condition: Expression(.call(.equal, [x, one]), type: .bool), value: failing)
        #expect(Expression(.conditional([branch], otherwise: nil), type: .int64).constantError == .divisionByZero)
        #expect(modulo(x, zero).constantError == nil)
        let never = Expression.Branch(condition: Expression(.literal(.bool(false)), type: .bool), value: failing)
        #expect(Expression(.conditional([never], otherwise: one), type: .int64).constantError == nil)
    }

    @Test func aTextConstantWithANulIsAnError() {
        let text = Expression(.literal(.string("a\0b")), type: .string)
        #expect(Expression(.call(.length, [text]), type: .int64).constantError == .nulInText)
    }

    /// As in Postgres, where the planner drops the rest before a row is read.
    @Test func aConstantFalseDecidesAConjunctionBeforeItsOtherParts() throws {
        let failing = Expression(.call(.equal, [modulo(x, x), one]), type: .bool)
        let never = Expression(.literal(.bool(false)), type: .bool)
        let both = CompiledExpression(Expression(.call(.and, [failing, never]), type: .bool)) { _ in 0 }
        #expect(try both.evaluate([.int64(0)]) == .bool(false))
    }

    @Test func failureIsPredicted() {
        #expect(modulo(x, x).canFail)
        #expect(!modulo(x, one).canFail)
        #expect(!Expression(.call(.less, [x, one]), type: .bool).canFail)
        #expect(Expression(.call(.isNull, [modulo(x, zero)]), type: .bool).canFail)
    }
}
