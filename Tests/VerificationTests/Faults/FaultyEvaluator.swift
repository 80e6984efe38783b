import Evaluation
import FeatureDefs
import Oracle
import Verification

/// A way of computing with a defect put in: the oracle on what the defect makes of views, rows and values.
struct FaultyEvaluator: ComputationWay {
    /// What is computed for one spine row and one view.
    struct Question {
        var view: FeatureViewPlan
        var rows: [NaiveRow]
        var keys: [FeatureValue]
        let time: Timestamp
        let knowledge: KnowledgeMode
        /// The cuts of the spine's other rows with the same keys that are earlier than this one's, earliest first.
        let earlierCuts: [Timestamp]

        var cut: Timestamp { view.cut(at: time, knowledge: knowledge) }
    }

    let name: String
    let failsAsAWhole = false
    /// The modes in which the defect shows: all, or only the online store's.
    let isOnlineOnly: Bool
    /// Bends the question.
    let ask: @Sendable (inout Question) -> Void
    /// Bends the answer.
    let answer: @Sendable (NaiveFeature, FeaturePlan, Question) -> FeatureValue
    /// How often a row comes out, given what its views' chosen rows are.
    let copies: @Sendable (Question, [NaiveFeature]) -> Int

    init(
        _ name: String, isOnlineOnly: Bool = false,
        ask: @escaping @Sendable (inout Question) -> Void = { _ in },
        answer: @escaping @Sendable (NaiveFeature, FeaturePlan, Question) -> FeatureValue = { feature, _, _ in feature.value },
        copies: @escaping @Sendable (Question, [NaiveFeature]) -> Int = { _, _ in 1 }
    ) {
        self.name = name
        self.isOnlineOnly = isOnlineOnly
        self.ask = ask
        self.answer = answer
        self.copies = copies
    }

    func computes(_ knowledge: KnowledgeMode) -> Bool { knowledge == .asServed || !isOnlineOnly }

    func compute(_ verificationCase: VerificationCase, rows: [Int], _ knowledge: KnowledgeMode) async throws -> WayResult {
        let tables = Dictionary(uniqueKeysWithValues: verificationCase.tables.map { ($0.name, $0.naiveRows) })
        let selection = verificationCase.selection
        let spine = verificationCase.spine
        var result: [WayRow] = []
        for row in rows {
            guard let time = spine.time(row) else {
                result.append(WayRow(spineRow: row, values: selection.features.map { _ in .notComputed }))
                continue
            }
            var values: [FeatureReference: ComputedValue] = [:]
            var copies = 1
            for joined in selection.joinedViews {
                let view = joined.view
                let keys = joined.joinKeys.map { spine.naiveRow(row)[$0.name] ?? .null }
                let cut = view.cut(at: time, knowledge: knowledge)
                let cuts = rows.filter { other in joined.joinKeys.map { spine.naiveRow(other)[$0.name] ?? .null } == keys }
                    .compactMap { spine.time($0).map { view.cut(at: $0, knowledge: knowledge) } }
                let plain = Question(
                    view: view, rows: tables[view.source.name] ?? [], keys: keys, time: time, knowledge: knowledge,
                    earlierCuts: cuts.filter { $0 < cut }.sorted())
                var question = plain
                ask(&question)
                let features = try NaivePointInTime(question.view, rows: question.rows)
                    .features(keys: question.keys, at: time, knowledge: knowledge)
                copies = min(copies, self.copies(plain, features)) == 0 ? 0 : max(copies, self.copies(plain, features))
                for (feature, plan) in zip(features, view.features) {
                    values[.init(view: view.name, feature: plan.name, keys: joined.keys)] = .value(answer(feature, plan, plain))
                }
            }
            let row = WayRow(spineRow: row, values: selection.features.map { values[$0.reference] ?? .notComputed })
            result += Array(repeating: row, count: copies)
        }
        return .rows(result)
    }
}

extension FeatureViewPlan {
    /// The view with other features, times or limits.
    func with(
        source: SourcePlan? = nil, ttl: Period?? = nil, features: ((FeaturePlan) -> FeaturePlan)? = nil
    ) -> FeatureViewPlan {
        FeatureViewPlan(
            name: name, entities: entities, joinKeys: joinKeys, joinKeyColumns: joinKeyColumns, source: source ?? self.source,
            filter: filter, schedule: schedule, ttl: ttl ?? self.ttl, features: features.map(self.features.map) ?? self.features,
            notes: notes
        )
    }

    /// The view with other lengths of windows.
    func withWindows(_ length: @escaping (Period) -> Period) -> FeatureViewPlan {
        with(features: { feature in
            guard case .window(let function, let argument, let old, let filter) = feature.computation else { return feature }
            return FeaturePlan(
                name: feature.name, computation: .window(function, argument: argument, length: length(old), filter: filter),
                type: feature.type, notes: feature.notes)
        })
    }
}

extension SourcePlan {
    func with(createdTimestamp: ColumnReference?, delay: Period) -> SourcePlan {
        SourcePlan(
            name: name, relation: relation, eventTimestamp: eventTimestamp, createdTimestamp: createdTimestamp, delay: delay)
    }
}

extension FaultyEvaluator.Question {
    func event(_ row: NaiveRow) -> Timestamp? {
        if case .timestamp(let event)? = row[view.source.eventTimestamp.name] { event } else { nil }
    }

    /// Rows that happen after the cut and up to an instant, as if they had happened at it and been known.
    mutating func leak(upTo end: Timestamp) {
        let cut = cut
        let source = view.source
        rows = rows.map { row in
            guard let event = event(row), event > cut, event <= end else { return row }
            var leaked = row
            leaked[source.eventTimestamp.name] = .timestamp(cut - source.delay)
            if let created = source.createdTimestamp { leaked[created.name] = .timestamp(cut) }
            return leaked
        }
    }
}
