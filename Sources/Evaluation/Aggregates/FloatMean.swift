/// A mean from its sum, as SQL's `sum(x) / count(x)`, which calls a mean too small for a float64 an error.
package enum FloatMean {
    package static func of(sum: Double, count: Int64) throws(EvaluationError) -> Double {
        try FloatKernels.divide(sum, Double(count))
    }
}
