import Testing

@testable import FeatureDefs

/// A project with one mistake (or a few of one code).
struct DiagnosticCase: CustomTestStringConvertible {
    let code: DiagnosticCode
    let files: [SourceFile]
    var catalogue = SampleProject.catalogue
    var constantChecker: ConstantChecker?

    var testDescription: String { code.rawValue }

    init(_ code: DiagnosticCode, _ text: String) {
        self.code = code
        files = [SourceFile(path: "features/fraud.yaml", text: text)]
    }

    init(_ code: DiagnosticCode, expression: String) {
        self.init(code, SampleProject.withExpression(expression))
    }

    init(_ code: DiagnosticCode, _ files: [SourceFile]) {
        self.code = code
        self.files = files
    }

    /// The sample with a text of it replaced.
    init(_ code: DiagnosticCode, replacing old: String, with new: String) {
        precondition(SampleProject.text.contains(old), "the sample has no `\(old)`")
        self.init(code, SampleProject.text.replacing(old, with: new))
    }

    func with(_ schema: SourceSchema) -> DiagnosticCase {
        var copy = self
        copy.catalogue.sources["transactions"] = schema
        return copy
    }

    func with(constantChecker: @escaping ConstantChecker) -> DiagnosticCase {
        var copy = self
        copy.constantChecker = constantChecker
        return copy
    }
}

extension DiagnosticCase {
    static let all: [DiagnosticCase] = yaml + syntax + names + types + time

    private static let yaml: [DiagnosticCase] = [
        DiagnosticCase(.invalidYAML, "entities:\n  card: {join_keys: {card_id: int64}\nsources:\n"),
        DiagnosticCase(
            .notUTF8, [SourceFile(path: "features/fraud.yaml", bytes: Array("entities:\n  caf".utf8) + [0xE9, 0x3A, 0x20])]),
        DiagnosticCase(.tab, "entities:\n\tcard: {join_keys: {card_id: int64}}\n"),
        DiagnosticCase(.duplicateKey, replacing: "merchant: {join_keys", with: "card: {join_keys"),
        DiagnosticCase(.unsupportedYAML, replacing: "{count: \"*\"", with: "{count: *"),
        DiagnosticCase(.keyIsNotText, replacing: "  merchant: {", with: "  7: {"),
        DiagnosticCase(.multipleDocuments, replacing: "sources:", with: "---\nsources:"),
        DiagnosticCase(.fileTooLarge, "# " + String(repeating: "x", count: 4 << 20)),
        DiagnosticCase(
            .nestingTooDeep, expression: String(repeating: "-(", count: 250) + "amount" + String(repeating: ")", count: 250)),
        DiagnosticCase(.wrongShape, replacing: "entities: [card]", with: "entities: {card: 1}"),
        DiagnosticCase(.unknownKey, replacing: "created_timestamp", with: "created_timestmap"),
        DiagnosticCase(.missingKey, replacing: "    event_timestamp: occurred_at\n", with: ""),
        DiagnosticCase(.conflictingKeys, replacing: "{sum: amount, window: 7d}", with: "{sum: amount, mean: amount, window: 7d}"),
        DiagnosticCase(.nulCharacter, replacing: "\"status = 'settled'\"", with: "\"status = 'a\\0'\""),
        DiagnosticCase(.invalidSetting, replacing: "sample: 1.0", with: "sample: 120%"),
        DiagnosticCase(.emptyList, replacing: "{join_keys: {merchant_id: string}}", with: "{join_keys: {}}"),
    ]

    private static let syntax: [DiagnosticCase] = [
        DiagnosticCase(.unexpectedToken, expression: "(amount + 1"),
        DiagnosticCase(.unterminated, expression: "status = 'settled"),
        DiagnosticCase(.unknownCharacter, expression: "amount ^ 2"),
        DiagnosticCase(.expressionTooLong, expression: String(repeating: " ", count: 70_000) + "amount"),
        DiagnosticCase(.emptyExpression, replacing: "{latest: amount}", with: "{latest: }"),
        DiagnosticCase(.chainedComparison, expression: "1 < amount < 5"),
        DiagnosticCase(.malformedNumber, expression: "amount * 1_000"),
        DiagnosticCase(.numberOutOfRange, expression: "quantity + 9223372036854775808"),
        DiagnosticCase(.invalidTimestamp, expression: "occurred_at > timestamp '2024-02-30'"),
        DiagnosticCase(.starInExpression, expression: "count(*)"),
        DiagnosticCase(
            .expressionTooLarge,
            expression: String(repeating: "(", count: 30) + "is_chip" + String(repeating: " in (true, false, null))", count: 30)
        ),
        DiagnosticCase(.foreignOperator, expression: "status == 'settled'"),
    ]

    private static let names: [DiagnosticCase] = [
        DiagnosticCase(.invalidName, replacing: "abroad_spend_7d:", with: "abroad__spend:"),
        DiagnosticCase(.unknownColumn, replacing: "{latest: amount}", with: "{latest: \"amuont * 2\"}"),
        DiagnosticCase(
            .duplicateDefinition,
            [
                SourceFile(path: "features/b.yaml", text: "# Cards again\nentities:\n  card: {join_keys: {card_id: int64}}\n"),
                SourceFile(path: "features/a.yaml", text: SampleProject.text),
            ]
        ),
        DiagnosticCase(.unknownEntity, replacing: "entities: [card]", with: "entities: [crad]"),
        DiagnosticCase(.unknownSource, replacing: "source: transactions", with: "source: transaction"),
        DiagnosticCase(.unknownView, replacing: "[card_activity,", with: "[card_activty,"),
        DiagnosticCase(.unknownFeature, replacing: "ticket_ratio.amount_vs_usual]", with: "ticket_ratio.ratio]"),
        DiagnosticCase(.unknownFunction, expression: "colaesce(amount, 0)"),
        DiagnosticCase(.unknownInput, replacing: "\"amount / nullif", with: "\"amuont / nullif"),
        DiagnosticCase(.duplicateItem, replacing: "ticket_ratio.amount_vs_usual]", with: "card_activity.spend_7d]"),
        DiagnosticCase(
            .onDemandCycle,
            """
            on_demand_feature_views:
              a:
                features: {x: "b.y + 1"}
              b:
                features:
                  y: "c.z * 2"
              c:
                features:
                  z: {expression: "a.x"}

            """
        ),
        DiagnosticCase(.missingRelation, replacing: "table: transactions", with: "table: transaction")
            .with(.missing(reason: "there is no such table", didYouMean: ["transactions", "chargebacks"])),
        DiagnosticCase(
            .invalidQuery, replacing: "table: transactions", with: "query: \"SELECT * FROM transactons WHERE amount > 0\""
        )
        .with(.invalidQuery(message: "relation \"transactons\" does not exist", position: 15)),
        DiagnosticCase(.featureInSourceExpression, replacing: "{latest: amount}", with: "{latest: transactions.amount}"),
        DiagnosticCase(.inputClash, replacing: "request: {amount: float64}", with: "request: {amount: float64, card_id: string}"),
        DiagnosticCase(.ambiguousColumn, expression: "amount")
            .with(.columns(SampleProject.columns + SampleProject.columns.filter { $0.name == "amount" })),
        DiagnosticCase(.aliasClash, replacing: "[card_activity,", with: "[{view: card_activity, as: ticket_ratio},"),
        DiagnosticCase(
            .outputClash, replacing: "[card_activity,",
            with: "[card_activity, {feature: card_activity.spend_7d, as: last_amount},"),
        DiagnosticCase(
            .unknownJoinKey, replacing: "[card_activity,",
            with: "[{view: card_activity, as: payer, keys: {card: payer_card}},"),
        DiagnosticCase(
            .joinKeysOfOnDemandView, replacing: "ticket_ratio.amount_vs_usual]",
            with: "{view: ticket_ratio, as: payer, keys: {card_id: payer_card}}]"),
        DiagnosticCase(.unknownAggregate, replacing: "{sum: amount, window: 7d}", with: "{avg: amount, window: 7d}"),
    ]

    private static let types: [DiagnosticCase] = [
        DiagnosticCase(.operandMismatch, expression: "amount > '100'"),
        DiagnosticCase(.wrongArgumentType, expression: "sqrt(occurred_at)"),
        DiagnosticCase(.wrongArgumentCount, expression: "round(amount, 2)"),
        DiagnosticCase(.filterIsNotBool, replacing: "\"status = 'settled'\"", with: "status"),
        DiagnosticCase(.aggregateOfWrongType, replacing: "{sum: amount, window: 7d}", with: "{sum: status, window: 7d}"),
        DiagnosticCase(.untypedNull, expression: "coalesce(null, null)"),
        DiagnosticCase(.comparisonWithNull, replacing: "\"status = 'settled'\"", with: "status = null"),
        DiagnosticCase(.unknownType, replacing: "merchant_id: string", with: "merchant_id: varchar"),
        DiagnosticCase(.floatJoinKey, replacing: "card_id: int64", with: "card_id: float64"),
        DiagnosticCase(.joinKeyTypeMismatch, replacing: "card_id: int64", with: "card_id: string"),
        DiagnosticCase(.decimalColumn, replacing: "{latest: amount}", with: "{latest: price * 2}"),
        DiagnosticCase(.unsupportedColumn, replacing: "{latest: amount}", with: "{latest: pos}"),
        DiagnosticCase(.invalidCast, expression: "cast(status as int64)"),
        DiagnosticCase(.constantFails, expression: "case when is_chip then 1 / 0 else amount end")
            .with(constantChecker: { $0.canonicalText == "divide(1.0, 0.0)" ? "division by zero" : nil }),
        DiagnosticCase(.unknownField, expression: "extract(hours from occurred_at)"),
        DiagnosticCase(.defaultOfWrongType, replacing: "{latest: amount}", with: "{latest: amount, default: none}"),
        DiagnosticCase(
            .defaultNeverUsed, replacing: "{count: \"*\", window: 7d}", with: "{count: \"*\", window: 7d, default: 0}"),
        DiagnosticCase(.aggregateOfList, replacing: "{sum: amount, window: 7d}", with: "{max: labels, window: 7d}"),
        DiagnosticCase(.unorderedType, expression: "case when labels between labels and labels then 1 end"),
        DiagnosticCase(
            .expectationOfWrongType, replacing: "delay: 0s",
            with: "expect: {columns: {amount: {min: \"0\"}}}"),
        DiagnosticCase(
            .expectationNotApplicable, replacing: "delay: 0s",
            with: "expect: {columns: {quantity: {nans: 0}}}"),
        DiagnosticCase(.countOutsideLastN, replacing: "{sum: amount, window: 7d}", with: "{sum: amount, n: 5, window: 7d}"),
        DiagnosticCase(
            .toleranceOfWrongType, replacing: "{count: \"*\", window: 7d}",
            with: "{count: \"*\", window: 7d, tolerance: {rel: 1e-6}}"),
    ]

    private static let time: [DiagnosticCase] = [
        DiagnosticCase(.invalidPeriod, replacing: "ttl: 30d", with: "ttl: 30 days"),
        DiagnosticCase(.periodNotPositive, replacing: "{count: \"*\", window: 7d}", with: "{count: \"*\", window: 0d}"),
        DiagnosticCase(.negativePeriod, replacing: "delay: 0s", with: "delay: -5m"),
        DiagnosticCase(.notAnInstant, replacing: "created_timestamp: ingested_at", with: "created_timestamp: amount"),
        DiagnosticCase(.missingWindow, replacing: "{count: \"*\", window: 7d}", with: "{count: \"*\"}"),
        DiagnosticCase(.windowOnLatest, replacing: "{latest: amount}", with: "{latest: amount, window: 7d}"),
    ]
}
