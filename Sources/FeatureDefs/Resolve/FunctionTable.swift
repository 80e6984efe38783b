/// The functions that expressions may call, as data.
enum FunctionTable {
    /// What a function takes and gives.
    enum Signature {
        /// These types, of which the last `optional` may be left out.
        case fixed([FeatureType], optional: Int = 0, result: FeatureType)
        /// An int64 or float64, and the same back.
        case number
        /// So many of one type, and that type back.
        case anyOfOneType(ClosedRange<Int>)
        /// As `anyOfOneType`, of what has an order.
        case orderedOfOneType(ClosedRange<Int>)
        /// One or more texts.
        case texts
        /// A text, a list or a vector: `length`.
        case sized
    }

    static let functions: [String: (function: ScalarFunction, signature: Signature)] = [
        "coalesce": (.coalesce, .anyOfOneType(1 ... .max)),
        "nullif": (.nullif, .anyOfOneType(2...2)),
        "least": (.least, .orderedOfOneType(1 ... .max)),
        "greatest": (.greatest, .orderedOfOneType(1 ... .max)),
        "abs": (.abs, .number),
        "floor": (.floor, .fixed([.float64], result: .float64)),
        "ceil": (.ceil, .fixed([.float64], result: .float64)),
        "round": (.round, .fixed([.float64], result: .float64)),
        "ln": (.ln, .fixed([.float64], result: .float64)),
        "exp": (.exp, .fixed([.float64], result: .float64)),
        "sqrt": (.sqrt, .fixed([.float64], result: .float64)),
        "power": (.power, .fixed([.float64, .float64], result: .float64)),
        "lower": (.lower, .fixed([.string], result: .string)),
        "upper": (.upper, .fixed([.string], result: .string)),
        "length": (.length, .sized),
        "substring": (.substring, .fixed([.string, .int64, .int64], optional: 1, result: .string)),
        "concat": (.concat, .texts),
        "seconds_between": (.secondsBetween, .fixed([.timestamp, .timestamp], result: .float64)),
    ]

    /// What other systems call them.
    static let foreignNames = [
        "len": "length", "char_length": "length", "size": "length", "ifnull": "coalesce", "nvl": "coalesce",
        "isnull": "coalesce", "log": "ln", "pow": "power", "ceiling": "ceil", "substr": "substring", "lcase": "lower",
        "ucase": "upper", "date_diff": "seconds_between", "datediff": "seconds_between", "date_part": "extract",
    ]

    /// All that look like calls, sorted: `cast`, `extract` and `lossy_float64` have a syntax of their own.
    static let names = (functions.keys + ["cast", "extract", "lossy_float64"]).sorted()
}

extension FunctionTable.Signature {
    var counts: ClosedRange<Int> {
        switch self {
        case .fixed(let types, let optional, _): (types.count - optional)...types.count
        case .number, .sized: 1...1
        case .anyOfOneType(let counts), .orderedOfOneType(let counts): counts
        case .texts: 1 ... .max
        }
    }

    /// As a message says it: "2 or 3 arguments".
    var countText: String {
        let (least, most) = (counts.lowerBound, counts.upperBound)
        if most == .max { return least == 1 ? "at least 1 argument" : "at least \(least) arguments" }
        if least == most { return least == 1 ? "1 argument" : "\(least) arguments" }
        return "\(least) or \(most) arguments"
    }
}
