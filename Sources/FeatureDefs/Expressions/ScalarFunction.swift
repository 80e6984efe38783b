/// A scalar operator or function, as data. Each has one meaning, in SQL and natively: Postgres' own.
///
/// Unless a case says otherwise a NULL argument gives NULL. Adding a case breaks the build where it must be spelled in
/// SQL (`OfflineStore/SQL`) and computed (`Evaluation`), and every case runs through the conformance tests.
package enum ScalarFunction: String, Hashable, Sendable, Codable, CaseIterable {
    // Arithmetic: both operands int64 or both float64. int64 overflow, float64 overflow and underflow are errors.
    case add, subtract, multiply
    /// float64 only: `/` on integers is of their float64 values. A zero divisor is an error.
    case divide
    /// int64 only; the sign is the dividend's. A zero divisor is an error.
    case modulo
    case negate

    // Comparisons: two operands of one type, in the order of `FeatureValueOrder`; of lists and vectors `equal` and `notEqual`.
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

    // Three-valued logic.
    case and, or, not

    /// Never NULL.
    case isNull, isNotNull

    /// The first argument that is not NULL; later ones are not evaluated.
    case coalesce
    /// NULL when both are equal, else the first.
    case nullif
    /// NULL arguments are ignored; NULL when all are. Of scalars.
    case least, greatest

    /// int64 or float64, of the argument's type. `abs` of the least int64 is an error.
    case abs
    /// float64. `round` takes halves to the even neighbour, as Postgres' `round(float8)`.
    case floor, ceil, round
    /// float64. `ln` of zero or less, `sqrt` of less than zero, overflow and underflow are errors.
    case ln, exp, sqrt
    /// float64. Zero to a negative power and a negative number to a fractional one are errors.
    case power

    /// ASCII letters only, as under collation "C": what other letters do depends on the library's age.
    case lower, upper
    /// In Unicode code points.
    case length
    /// `substring(text, start[, count])`: code points, from 1; a start before 1 uses up count. A negative count is an error.
    case substring
    /// Joins text; NULL arguments are ignored.
    case concat
    /// `a || b`; NULL when either is.
    case append

    /// `a - b` of two timestamps, in seconds, float64.
    case secondsBetween

    /// `cast(x as int64)` of a float64: rounds halves to even; NaN and values out of range are errors.
    case toInt64
    /// `cast(x as float64)` of an int64 or float32, also inserted where types mix.
    case toFloat64
    /// `cast(x as vector<384>)` of a list<float32>, with 384 as the second argument. Another number of elements, or a NULL
    /// one, is an error: guard it with `case when length(x) = 384 then ... end` where that is not one.
    case toVector

    /// `length(x)` of a list or vector: its elements, NULLs too.
    case elementCount
}
