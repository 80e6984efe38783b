/// Postgres' int8 arithmetic: an overflow is an error, never a wrap.
///
/// Source: Postgres 15, `src/backend/utils/adt/int8.c`.
enum IntegerKernels {
    static func add(_ lhs: Int64, _ rhs: Int64) throws(EvaluationError) -> Int64 {
        try checked(lhs.addingReportingOverflow(rhs))
    }

    static func subtract(_ lhs: Int64, _ rhs: Int64) throws(EvaluationError) -> Int64 {
        try checked(lhs.subtractingReportingOverflow(rhs))
    }

    static func multiply(_ lhs: Int64, _ rhs: Int64) throws(EvaluationError) -> Int64 {
        try checked(lhs.multipliedReportingOverflow(by: rhs))
    }

    /// `int8mod`: the sign is the dividend's, and anything modulo -1 is 0.
    static func modulo(_ lhs: Int64, _ rhs: Int64) throws(EvaluationError) -> Int64 {
        if rhs == 0 { throw .divisionByZero }
        return rhs == -1 ? 0 : lhs % rhs
    }

    static func negate(_ value: Int64) throws(EvaluationError) -> Int64 {
        if value == .min { throw .integerOverflow }
        return -value
    }

    static func absolute(_ value: Int64) throws(EvaluationError) -> Int64 {
        value < 0 ? try negate(value) : value
    }

    /// An int8 cast to int4, as the positions of `substring` are.
    static func toInt32(_ value: Int64) throws(EvaluationError) -> Int32 {
        guard let narrow = Int32(exactly: value) else { throw .integerOverflow }
        return narrow
    }

    private static func checked(_ result: (partialValue: Int64, overflow: Bool)) throws(EvaluationError) -> Int64 {
        if result.overflow { throw .integerOverflow }
        return result.partialValue
    }
}
