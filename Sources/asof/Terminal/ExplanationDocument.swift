import FeatureDefs
import OfflineStore
import SkewChecker

/// `asof explain --json`. Values in their canonical text; null is NULL. Those of a sensitive feature are masked, unless they are asked for.
struct ExplanationDocument: Encodable {
    struct Row: Encodable {
        let part: ExplainedRow.Part
        let event: String?
        let available: String?
        let argument: String?
    }

    struct Value: Encodable {
        let what: String
        let value: String?
    }

    struct Served: Encodable {
        let service: String
        let servedID: Int64
        let servedAt: String
        let host: String
        let value: String?
        let status: FeatureStatus
        let recordCut: String?
        let steps: [Value]
        let cause: String?
        let causeWords: String?
    }

    let feature: String
    let isMasked: Bool
    let computation: String
    let keys: [String: String?]
    let at: String
    let cut: String
    let schedule: String?
    let windowStart: String?
    let ttl: String?
    let values: [Value]
    let counts: [String: Int]
    let rows: [Row]
    let served: Served?
    let sql: String

    init(_ explanation: ValueExplanation, keys: [FeatureValue], served: ServedExplanation?, isMasked: Bool) {
        var mask = SensitiveMask(isNeeded: isMasked)
        self.isMasked = isMasked
        feature = "\(explanation.view.name).\(explanation.feature.name)"
        computation = explanation.feature.readableText
        self.keys = Dictionary(uniqueKeysWithValues: zip(explanation.view.joinKeys.map(\.name), keys.map(\.text)))
        at = explanation.instant.description
        cut = explanation.cut.description
        schedule = explanation.view.schedule?.readableText
        windowStart = explanation.windowStart?.description
        ttl = explanation.view.ttl?.description
        values = explanation.values.map { Value(what: $0.knowledge.rawValue, value: mask.shown($0.value.text)) }
        counts = Dictionary(uniqueKeysWithValues: explanation.counts.map { ($0.key.rawValue, $0.value) })
        rows = explanation.rows.map {
            Row(
                part: $0.part, event: $0.event?.description, available: $0.available?.description,
                argument: mask.shown($0.argument))
        }
        self.served = served.map { served in
            Served(
                service: served.service, servedID: served.servedID, servedAt: served.servedAt.description, host: served.host,
                value: mask.shown(served.served.text), status: served.status, recordCut: served.recordCut?.description,
                steps: served.steps.map { Value(what: $0.name, value: mask.shown($0.value?.text)) }, cause: served.cause?.code,
                causeWords: served.cause?.words)
        }
        sql = explanation.sql
    }
}
