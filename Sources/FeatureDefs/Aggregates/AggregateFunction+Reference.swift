extension AggregateFunction {
    /// What it computes, in Markdown, for the reference and for editors.
    var referenceText: String {
        switch self {
        case .count: "The rows of the window (`*`), or the values that are not NULL. int64; 0 over no rows."
        case .distinctCount:
            "The different values that are not NULL, counted exactly: NaN is one value, -0.0 is 0.0. int64; 0 over no rows."
        case .sum: "The sum: int64 of int64, float64 of floats. NULL over no rows."
        case .mean: "The exact sum over the count, float64. NULL over no rows."
        case .variance: "The variance of a sample, float64. NULL for fewer than two values."
        case .stddev: "The standard deviation of a sample, float64. NULL for fewer than two values."
        case .min: "The least value, of the argument's type; text by its bytes. NULL over no rows."
        case .max: "The greatest value, of the argument's type; NaN is greatest. NULL over no rows."
        case .first: "The value, NULL or not, on the earliest row of the window. NULL over no rows."
        case .lastN: "A list of the values, NULL or not, on the last `n` rows of the window, newest first. NULL over no rows."
        }
    }

    /// What other systems call it: what was meant where one of these is written.
    var foreignNames: [String] {
        switch self {
        case .count: ["cnt", "row_count", "size"]
        case .distinctCount:
            ["count_distinct", "distinct", "nunique", "n_unique", "unique_count", "approx_count_distinct", "cardinality"]
        case .sum: ["total"]
        case .mean: ["avg", "average"]
        case .variance: ["var", "var_samp"]
        case .stddev: ["std", "stdev", "std_dev", "stddev_samp", "standard_deviation"]
        case .min: ["minimum", "least"]
        case .max: ["maximum", "greatest"]
        case .first: ["first_value", "earliest", "oldest"]
        case .lastN: ["last_k", "lastn", "list", "collect", "collect_list", "array_agg"]
        }
    }
}
