import FeatureDefs

/// What every function does to values. `and`, `or`, `coalesce` are lazy and live in the program as jumps; here they
/// take values already computed.
enum ScalarKernels {
    /// Applies a function of one argument.
    static func apply(_ function: ScalarFunction, _ value: FeatureValue) throws(EvaluationError) -> FeatureValue {
        switch function {
        case .isNull: return .bool(value.isNull)
        case .isNotNull: return .bool(!value.isNull)
        case .least, .greatest, .concat, .coalesce, .and, .or: return try applyToList(function, [value])
        default: break
        }
        if value.isNull { return .null }
        switch (function, value) {
        case (.negate, .int64(let value)): return .int64(try IntegerKernels.negate(value))
        case (.negate, .float64(let value)): return .float64(-value)
        case (.not, .bool(let value)): return .bool(!value)
        case (.abs, .int64(let value)): return .int64(try IntegerKernels.absolute(value))
        case (.abs, .float64(let value)): return .float64(value.magnitude)
        case (.floor, .float64(let value)): return .float64(value.rounded(.down))
        case (.ceil, .float64(let value)): return .float64(value.rounded(.up))
        case (.round, .float64(let value)): return .float64(value.rounded(.toNearestOrEven))
        case (.ln, .float64(let value)): return .float64(try FloatKernels.naturalLogarithm(value))
        case (.exp, .float64(let value)): return .float64(try FloatKernels.exponential(value))
        case (.sqrt, .float64(let value)): return .float64(try FloatKernels.squareRoot(value))
        case (.lower, .string(let text)): return .string(TextKernels.lower(text))
        case (.upper, .string(let text)): return .string(TextKernels.upper(text))
        case (.length, .string(let text)): return .int64(TextKernels.length(text))
        case (.toInt64, .float64(let value)): return .int64(try FloatKernels.toInt64(value))
        case (.toFloat64, .int64(let value)): return .float64(Double(value))
        case (.toFloat64, .float32(let value)): return .float64(Double(value))
        case (.toFloat64, .float64): return value
        case (.elementCount, .list(let list)): return .int64(Int64(list.values.count))
        case (.elementCount, .vector(let elements)): return .int64(Int64(elements.count))
        default: throw .inputOfWrongType
        }
    }

    /// Applies a function of two arguments.
    static func apply(
        _ function: ScalarFunction, _ lhs: FeatureValue, _ rhs: FeatureValue
    ) throws(EvaluationError) -> FeatureValue {
        switch function {
        case .and: return try conjunction(lhs, rhs)
        case .or: return try disjunction(lhs, rhs)
        case .coalesce: return lhs.isNull ? rhs : lhs
        case .nullif: return !lhs.isNull && lhs == rhs ? .null : lhs
        case .least, .greatest, .concat, .substring: return try applyToList(function, [lhs, rhs])
        default: break
        }
        if lhs.isNull || rhs.isNull { return .null }
        switch function {
        case .equal: return .bool(try areEqual(lhs, rhs))
        case .notEqual: return .bool(try !areEqual(lhs, rhs))
        case .less: return .bool(try order(lhs, rhs) == .ascending)
        case .lessOrEqual: return .bool(try order(lhs, rhs) != .descending)
        case .greater: return .bool(try order(lhs, rhs) == .descending)
        case .greaterOrEqual: return .bool(try order(lhs, rhs) != .ascending)
        default: break
        }
        switch (function, lhs, rhs) {
        case (.add, .int64(let lhs), .int64(let rhs)): return .int64(try IntegerKernels.add(lhs, rhs))
        case (.add, .float64(let lhs), .float64(let rhs)): return .float64(try FloatKernels.add(lhs, rhs))
        case (.subtract, .int64(let lhs), .int64(let rhs)): return .int64(try IntegerKernels.subtract(lhs, rhs))
        case (.subtract, .float64(let lhs), .float64(let rhs)): return .float64(try FloatKernels.subtract(lhs, rhs))
        case (.multiply, .int64(let lhs), .int64(let rhs)): return .int64(try IntegerKernels.multiply(lhs, rhs))
        case (.multiply, .float64(let lhs), .float64(let rhs)): return .float64(try FloatKernels.multiply(lhs, rhs))
        case (.divide, .float64(let lhs), .float64(let rhs)): return .float64(try FloatKernels.divide(lhs, rhs))
        case (.modulo, .int64(let lhs), .int64(let rhs)): return .int64(try IntegerKernels.modulo(lhs, rhs))
        case (.power, .float64(let lhs), .float64(let rhs)): return .float64(try FloatKernels.power(lhs, rhs))
        case (.append, .string(let lhs), .string(let rhs)): return .string(lhs + rhs)
        case (.secondsBetween, .timestamp(let lhs), .timestamp(let rhs)):
            return .float64(TimestampKernels.secondsBetween(lhs, rhs))
        case (.toVector, .list(let list), .int64(let count)):
            guard let vector = FeatureValue(vectorOf: list, count: Int(count)) else { throw .notAVector }
            return vector
        default: throw .inputOfWrongType
        }
    }

    /// Applies a function that takes any number of arguments.
    static func applyToList(_ function: ScalarFunction, _ values: [FeatureValue]) throws(EvaluationError) -> FeatureValue {
        switch function {
        case .least: try extremum(values, replacingWhen: .ascending)
        case .greatest: try extremum(values, replacingWhen: .descending)
        case .concat: try concatenation(values)
        case .substring: try substring(values)
        case .and, .or, .coalesce: try fold(function, values)
        case .add, .subtract, .multiply, .divide, .modulo, .negate, .equal, .notEqual, .less, .lessOrEqual, .greater,
            .greaterOrEqual, .not, .isNull, .isNotNull, .nullif, .abs, .floor, .ceil, .round, .ln, .exp, .sqrt, .power,
            .lower, .upper, .length, .append, .secondsBetween, .toInt64, .toFloat64, .toVector, .elementCount:
            throw .inputOfWrongType
        }
    }
}

extension ScalarKernels {
    private static func conjunction(_ lhs: FeatureValue, _ rhs: FeatureValue) throws(EvaluationError) -> FeatureValue {
        switch (lhs, rhs) {
        case (.bool(false), _), (_, .bool(false)): .bool(false)
        case (.bool(true), .bool(true)): .bool(true)
        case (.null, .bool), (.bool, .null), (.null, .null): .null
        default: throw .inputOfWrongType
        }
    }

    private static func disjunction(_ lhs: FeatureValue, _ rhs: FeatureValue) throws(EvaluationError) -> FeatureValue {
        switch (lhs, rhs) {
        case (.bool(true), _), (_, .bool(true)): .bool(true)
        case (.bool(false), .bool(false)): .bool(false)
        case (.null, .bool), (.bool, .null), (.null, .null): .null
        default: throw .inputOfWrongType
        }
    }

    private static func areEqual(_ lhs: FeatureValue, _ rhs: FeatureValue) throws(EvaluationError) -> Bool {
        // Texts of different length are the usual case, and cheap to tell apart.
        if case .string(let left) = lhs, case .string(let right) = rhs, left.utf8.count != right.utf8.count { return false }
        return try order(lhs, rhs) == .equal
    }

    private static func order(_ lhs: FeatureValue, _ rhs: FeatureValue) throws(EvaluationError) -> FeatureValueOrder {
        guard let order = FeatureValueOrder.compare(lhs, rhs) else { throw .inputOfWrongType }
        return order
    }

    private static func fold(_ function: ScalarFunction, _ values: [FeatureValue]) throws(EvaluationError) -> FeatureValue {
        guard var result = values.first else { return .null }
        for value in values.dropFirst() { result = try apply(function, result, value) }
        return result
    }

    /// The first of the values that no other is beyond; NULLs do not count.
    private static func extremum(
        _ values: [FeatureValue], replacingWhen beyond: FeatureValueOrder
    ) throws(EvaluationError) -> FeatureValue {
        var best = FeatureValue.null
        for value in values where !value.isNull {
            if best.isNull {
                best = value
            } else if try order(value, best) == beyond {
                best = value
            }
        }
        return best
    }

    private static func concatenation(_ values: [FeatureValue]) throws(EvaluationError) -> FeatureValue {
        var joined = ""
        for value in values {
            switch value {
            case .string(let text): joined += text
            case .null: break
            case .int64, .float64, .float32, .bool, .timestamp, .bytes, .uuid, .list, .vector: throw .inputOfWrongType
            }
        }
        return .string(joined)
    }

    /// The positions are narrowed before NULL is looked for, as Postgres casts arguments before it calls a strict function.
    private static func substring(_ values: [FeatureValue]) throws(EvaluationError) -> FeatureValue {
        var positions: [Int32?] = []
        for position in values.dropFirst() {
            switch position {
            case .int64(let number): positions.append(try IntegerKernels.toInt32(number))
            case .null: positions.append(nil)
            case .float64, .float32, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: throw .inputOfWrongType
            }
        }
        guard case .string(let text) = values.first else { return .null }
        guard let start = positions.first ?? nil else { return .null }
        if positions.count == 1 { return .string(try TextKernels.substring(text, start: start, count: nil)) }
        guard let count = positions[1] else { return .null }
        return .string(try TextKernels.substring(text, start: start, count: count))
    }
}
