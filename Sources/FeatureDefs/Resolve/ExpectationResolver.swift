/// Binds what a source declares of its rows to the columns of the catalogue.
struct ExpectationResolver {
    let scope: SourceScope

    /// What is known before the source itself is.
    struct Resolved {
        let freshness: Period?
        let unique: [ColumnReference]
        let columns: [ColumnExpectation]
        let isGate: Bool

        func expectations(of source: SourcePlan) -> SourceExpectations {
            SourceExpectations(source: source, freshness: freshness, unique: unique, columns: columns, isGate: isGate)
        }
    }

    func resolve(_ definition: ExpectationsDefinition, into sink: inout DiagnosticSink) -> Resolved {
        var unique: [ColumnReference] = []
        var seen: [String: SourceSpan] = [:]
        for name in definition.unique {
            if let first = seen.updateValue(name.span, forKey: name.text) {
                sink.report(.duplicateItem(name.text, in: "`unique`", at: name.span, first: first))
            } else if let column = column(name, into: &sink) {
                if column.storage.featureType.scalar == nil {
                    sink.report(.expectationNotApplicable("unique", to: column, needs: "single values", at: name.span))
                } else {
                    unique.append(column)
                }
            }
        }
        return Resolved(
            freshness: definition.freshness, unique: unique,
            columns: definition.columns.compactMap { resolve($0, into: &sink) }, isGate: definition.isGate)
    }

    private func column(_ name: ScalarText, into sink: inout DiagnosticSink) -> ColumnReference? {
        guard let column = scope.column(name.text, at: name.span, into: &sink) else { return nil }
        guard let storage = column.storage else {
            sink.report(.unsupportedColumn(name.text, databaseType: column.databaseType, at: name.span))
            return nil
        }
        return ColumnReference(name: name.text, storage: storage)
    }

    private func resolve(_ definition: ExpectationsDefinition.Column, into sink: inout DiagnosticSink) -> ColumnExpectation? {
        guard let column = column(definition.name, into: &sink) else { return nil }
        let type = definition.type ?? column.storage.featureType
        let bound = { (key: String, written: ScalarText?, sink: inout DiagnosticSink) -> FeatureValue? in
            guard let written else { return nil }
            guard type.hasRange else {
                sink.report(.expectationNotApplicable(key, to: column, needs: "numbers, texts or times", at: written.span))
                return nil
            }
            return value(written, of: key, column, type, into: &sink)
        }
        let minimum = bound("min", definition.minimum, &sink)
        let maximum = bound("max", definition.maximum, &sink)
        if let minimum, let maximum, let written = definition.maximum, isEmpty(minimum, maximum, column) {
            sink.report(
                .invalidSetting("max", expected: "`min` or a value above", found: written.text, at: written.span))
        }
        if let span = definition.nansSpan, !type.isFloatingPoint {
            sink.report(.expectationNotApplicable("nans", to: column, needs: "floats", at: span))
        }
        return ColumnExpectation(
            column: column, type: definition.type, minimum: minimum, maximum: maximum,
            domain: domain(definition.domain, column, type, into: &sink), nulls: definition.nulls, nans: definition.nans,
            allowed: definition.allowed ?? .zero, isGate: definition.isGate)
    }

    /// Each value once.
    private func domain(
        _ written: [ScalarText], _ column: ColumnReference, _ type: FeatureType, into sink: inout DiagnosticSink
    ) -> [FeatureValue] {
        guard let first = written.first else { return [] }
        guard type.scalar != nil else {
            sink.report(.expectationNotApplicable("in", to: column, needs: "single values", at: first.span))
            return []
        }
        var seen = Set<FeatureValue>()
        return written.compactMap { value($0, of: "in", column, type, into: &sink) }.filter { seen.insert($0).inserted }
    }

    private func value(
        _ written: ScalarText, of key: String, _ column: ColumnReference, _ type: FeatureType, into sink: inout DiagnosticSink
    ) -> FeatureValue? {
        guard !written.text.utf8.contains(0) else {
            sink.report(.nulCharacter(at: written.span))
            return nil
        }
        let isDecimal = ColumnExpectation.valueType(of: column, declared: type) != type
        let value =
            isDecimal
            ? (written.style == .plain && DecimalText.isOne(written.text) ? .string(written.text) : nil)
            : DefaultValue.value(written, as: type).flatMap { $0.isNaN ? nil : $0 }
        guard let value else {
            sink.report(
                .expectationOfWrongType(key, of: column.name, type: type, isQuoted: written.style != .plain, at: written.span))
            return nil
        }
        return value
    }

    private func isEmpty(_ minimum: FeatureValue, _ maximum: FeatureValue, _ column: ColumnReference) -> Bool {
        guard column.storage == .numeric, case .string(let least) = minimum, case .string(let greatest) = maximum else {
            return FeatureValueOrder.compare(minimum, maximum) == .descending
        }
        return (Double(least) ?? 0) > (Double(greatest) ?? 0)
    }
}

/// A decimal number as YAML and Postgres both write it.
enum DecimalText {
    private static let digitLimit = 100

    /// `-12.50`: no exponent, no infinity.
    static func isOne(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : Substring(text)
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return digits.utf8.count <= digitLimit
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }
    }
}

extension FeatureType {
    /// Whether `min` and `max` mean something.
    fileprivate var hasRange: Bool {
        switch self {
        case .int64, .float64, .float32, .string, .timestamp: true
        case .bool, .bytes, .uuid, .list, .vector: false
        }
    }
}

extension FeatureValue {
    fileprivate var isNaN: Bool {
        switch self {
        case .float64(let number): number.isNaN
        case .float32(let number): number.isNaN
        case .null, .int64, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: false
        }
    }
}
