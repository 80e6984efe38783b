/// A value as it was served or recomputed, with the ways in which there may be none.
package indirect enum ComparedValue: Hashable, Sendable {
    case null
    /// The online store has no such entity.
    case missingKey
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case string(String)
    /// Microseconds since 1970, UTC.
    case timestamp(Int64)
    case list([ComparedValue])
}

/// How a feature's values are compared.
package struct EqualityRule: Hashable, Sendable {
    /// What a list's order means.
    package enum Lists: String, Hashable, Sendable {
        case ordered, set, multiset
    }

    package var floats = FloatEquality.standard
    /// The storage precision, in microseconds.
    package var timestampTolerance: Int64 = 1
    package var lists = Lists.ordered
    /// An entity without a row answers NULL.
    package var isMissingNull = false
    /// The feature is a bool, so 1 stands for true.
    package var isBool = false

    package init() {}
}

/// Whether a served value is the recomputed one, and if not what the difference looks like. Vector: skew.verdicts.
package enum ValueVerdict: Hashable, Sendable {
    case match
    /// The same value in another type.
    case matchByCoercion
    case mismatch(Cause)

    /// What a difference looks like; the ladder of monitoring.md §3.2 says where it came from.
    package enum Cause: String, CaseIterable, Hashable, Sendable {
        case nanVersusNull = "nan_vs_null"
        case missingKey = "missing_key"
        case defaultVersusNull = "default_vs_null"
        case emptyVersusNull = "empty_vs_null"
        case nullVersusValue = "null_vs_value"
        case unicodeNormalisation = "unicode_normalisation"
        case whitespace, `case`
        case timestampPrecision = "timestamp_precision"
        case timezoneOffset = "timezone_offset"
        case length
        case order
        case type
        case precisionLoss = "precision_loss"
        case float32
        case value
    }
}
