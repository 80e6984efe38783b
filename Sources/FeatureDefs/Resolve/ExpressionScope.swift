/// What the names of an expression stand for. A scope reports what it does not know and answers nil. Places are worked out
/// only for a report: following a scalar through the file takes time.
protocol ExpressionScope {
    associatedtype Input: ExpressionInput

    /// `amount`, or `"Amount"`
    func resolve(
        _ name: String, isQuoted: Bool, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink
    ) -> TypedExpression<Input>?
    /// `view.feature`
    func resolve(_ reference: FeatureReference, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink)
        -> TypedExpression<Input>?
    /// `lossy_float64(amount)`
    func resolveLossy(_ name: String, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink) -> TypedExpression<
        Input
    >?
}

/// The columns of a feature view's source.
struct SourceScope: ExpressionScope {
    /// As in the definitions.
    let source: String
    private let columns: [String: CatalogueColumn]
    private let order: [String]
    private let ambiguous: Set<String>

    init(source: String, columns: [CatalogueColumn]) {
        self.source = source
        order = columns.map(\.name)
        var byName: [String: CatalogueColumn] = [:]
        var ambiguous = Set<String>()
        for column in columns where byName.updateValue(column, forKey: column.name) != nil { ambiguous.insert(column.name) }
        self.columns = byName
        self.ambiguous = ambiguous
    }

    /// The column of a name, whatever its type; `joining` names the entity that asks for it.
    func column(
        _ name: String, isQuoted: Bool = false, at span: @autoclosure () -> SourceSpan, joining entity: String? = nil,
        into sink: inout DiagnosticSink
    ) -> CatalogueColumn? {
        guard let column = columns[name] else {
            sink.report(.unknownColumn(name, isQuoted: isQuoted, of: source, columns: order, joining: entity, at: span()))
            return nil
        }
        guard !ambiguous.contains(name) else {
            sink.report(.ambiguousColumn(name, of: source, at: span()))
            return nil
        }
        return column
    }

    func resolve(
        _ name: String, isQuoted: Bool, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink
    ) -> TypedExpression<ColumnReference>? {
        guard let column = column(name, isQuoted: isQuoted, at: span(), into: &sink) else { return nil }
        guard let storage = column.storage else {
            sink.report(.unsupportedColumn(name, databaseType: column.databaseType, at: span()))
            return nil
        }
        guard storage != .numeric else {
            sink.report(.decimalColumn(name, at: span()))
            return nil
        }
        return Self.input(name, storage)
    }

    func resolve(
        _ reference: FeatureReference, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink
    ) -> TypedExpression<ColumnReference>? {
        sink.report(.featureInSourceExpression(reference.description, column: reference.feature, at: span()))
        return nil
    }

    func resolveLossy(_ name: String, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink) -> TypedExpression<
        ColumnReference
    >? {
        guard let column = column(name, at: span(), into: &sink) else { return nil }
        guard column.storage == .numeric else {
            sink.report(.lossyFloat64NeedsDecimal(at: span()))
            return nil
        }
        return Self.input(name, .numeric)
    }

    private static func input(_ name: String, _ storage: ColumnStorage) -> TypedExpression<ColumnReference> {
        TypedExpression(.input(ColumnReference(name: name, storage: storage)), type: storage.featureType)
    }
}

/// What an on-demand view may read: its request inputs, and features by their full name.
struct OnDemandScope: ExpressionScope {
    let view: OnDemandViewDefinition
    /// The request inputs; nil where the type has a mistake that is already reported.
    let inputs: [String: FeatureType?]
    let features: FeatureTable
    let aliases: ViewAliasTable

    func resolve(
        _ name: String, isQuoted: Bool, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink
    ) -> TypedExpression<OnDemandInput>? {
        guard let input = inputs[name] else {
            let full = view.features.first { $0.name.text == name }.map { "\(view.name.text).\($0.name.text)" }
            sink.report(
                .unknownInput(
                    name, isQuoted: isQuoted, inputs: view.request.map(\.name.text), features: full.map { [$0] } ?? [],
                    at: span()))
            return nil
        }
        return input.map { TypedExpression(.input(.request(name)), type: $0) }
    }

    func resolve(
        _ reference: FeatureReference, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink
    ) -> TypedExpression<OnDemandInput>? {
        let resolved = aliases.resolve(reference, in: view.name.text)
        // A name under `views:` that has a mistake is reported there.
        let isFaultyAlias = resolved == reference && view.views.contains { $0.name.text == reference.view }
        guard !isFaultyAlias, features.check(resolved, at: span(), into: &sink),
            let type = features.type(of: resolved.definition)
        else { return nil }
        return TypedExpression(.input(.feature(resolved)), type: type)
    }

    func resolveLossy(_ name: String, at span: @autoclosure () -> SourceSpan, into sink: inout DiagnosticSink) -> TypedExpression<
        OnDemandInput
    >? {
        sink.report(.lossyFloat64NeedsDecimal(at: span()))
        return nil
    }
}
