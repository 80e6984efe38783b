package import FeatureDefs

/// An aggregate over rows given one by one, in any order: the order never shows, but for `first`, which takes
/// the first it is given, and `last_n`, which takes the last ones.
package struct AggregateAccumulator: Sendable {
    private enum State: Sendable {
        case count
        case distinct(Set<FeatureValue>)
        case integerSum(IntegerSum)
        case integerMean(IntegerSum)
        case floatSum(ExactFloatSum)
        case floatMean(ExactFloatSum)
        case variance(ExactMoments)
        case standardDeviation(ExactMoments)
        case min(FeatureValue)
        case max(FeatureValue)
        /// nil before the first value, which may be NULL.
        case first(FeatureValue?)
        case lastN(LastValues)
    }

    private var state: State
    /// The values taken: those not NULL, except for `first` and `last_n`.
    private var count: Int64 = 0
    private let emptyValue: FeatureValue

    /// - Parameter argument: the type of the values; nil for `count(*)`.
    package init(_ function: AggregateFunction, argument: FeatureType?) {
        let isFloat = argument?.isFloatingPoint ?? false
        emptyValue = function.valueWhenNoRows
        state =
            switch function {
            case .count: .count
            case .distinctCount: .distinct([])
            case .sum: isFloat ? .floatSum(ExactFloatSum()) : .integerSum(IntegerSum())
            case .mean: isFloat ? .floatMean(ExactFloatSum()) : .integerMean(IntegerSum())
            case .variance: .variance(ExactMoments())
            case .stddev: .standardDeviation(ExactMoments())
            case .min: .min(.null)
            case .max: .max(.null)
            case .first: .first(nil)
            case .lastN(let limit): .lastN(LastValues(limit: limit, element: argument?.scalar ?? .int64))
            }
    }

    /// Takes a row of `count(*)`.
    package mutating func addRow() {
        count += 1
    }

    /// Takes a value; NULL counts for nothing, except for `first` and `last_n`.
    package mutating func add(_ value: FeatureValue) throws(EvaluationError) {
        if value.isNull, !takesNull { return }
        count += 1
        switch state {
        case .count: break
        case .first(let earlier): state = .first(earlier ?? value)
        case .lastN(var values):
            // The array has one owner again, and is changed in place.
            state = .count
            values.add(value)
            state = .lastN(values)
        case .distinct(var values):
            // The set has one owner again, and is changed in place.
            state = .count
            values.insert(value)
            state = .distinct(values)
        case .integerSum(var sum):
            sum.add(try Self.integer(value))
            state = .integerSum(sum)
        case .integerMean(var sum):
            sum.add(try Self.integer(value))
            state = .integerMean(sum)
        case .floatSum(var sum):
            let number = try Self.float(value)
            // The array of the sum has one owner again, and is changed in place.
            state = .count
            sum.add(number)
            state = .floatSum(sum)
        case .floatMean(var sum):
            let number = try Self.float(value)
            // The array of the sum has one owner again, and is changed in place.
            state = .count
            sum.add(number)
            state = .floatMean(sum)
        case .variance(var moments):
            // The arrays of the moments have one owner again, and are changed in place.
            state = .count
            try Self.add(value, to: &moments)
            state = .variance(moments)
        case .standardDeviation(var moments):
            // The arrays of the moments have one owner again, and are changed in place.
            state = .count
            try Self.add(value, to: &moments)
            state = .standardDeviation(moments)
        case .min(let least): state = .min(try Self.extremum(least, value, .ascending))
        case .max(let greatest): state = .max(try Self.extremum(greatest, value, .descending))
        }
    }

    /// The value over the rows taken.
    package func result() throws(EvaluationError) -> FeatureValue {
        if count == 0 { return emptyValue }
        switch state {
        case .count: return .int64(count)
        case .distinct(let values): return .int64(Int64(values.count))
        case .integerSum(let sum): return .int64(try sum.narrowed())
        case .integerMean(let sum): return .float64(sum.rounded / Double(count))
        case .floatSum(let sum): return .float64(try sum.rounded())
        case .floatMean(let sum): return .float64(try FloatMean.of(sum: try sum.rounded(), count: count))
        case .variance(let moments): return try moments.variance().map(FeatureValue.float64) ?? .null
        case .standardDeviation(let moments): return moments.standardDeviation().map(FeatureValue.float64) ?? .null
        case .min(let value), .max(let value): return value
        case .first(let value): return value ?? .null
        case .lastN(let values): return .list(values.newestFirst)
        }
    }

    private var takesNull: Bool {
        switch state {
        case .first, .lastN: true
        case .count, .distinct, .integerSum, .integerMean, .floatSum, .floatMean, .variance, .standardDeviation, .min, .max: false
        }
    }

    private static func add(_ value: FeatureValue, to moments: inout ExactMoments) throws(EvaluationError) {
        if case .int64(let number) = value { moments.add(number) } else { moments.add(try float(value)) }
    }

    private static func integer(_ value: FeatureValue) throws(EvaluationError) -> Int64 {
        guard case .int64(let number) = value else { throw .inputOfWrongType }
        return number
    }

    private static func float(_ value: FeatureValue) throws(EvaluationError) -> Double {
        switch value {
        case .float64(let number): number
        case .float32(let number): Double(number)
        case .null, .int64, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: throw .inputOfWrongType
        }
    }

    private static func extremum(
        _ best: FeatureValue, _ value: FeatureValue, _ wanted: FeatureValueOrder
    ) throws(EvaluationError) -> FeatureValue {
        if best.isNull { return value }
        guard let order = FeatureValueOrder.compare(value, best) else { throw .inputOfWrongType }
        return order == wanted ? value : best
    }
}
