import Evaluation
import FeatureDefs
import Oracle

/// Whether stored features of a spine row fail on rows that count: in the window, not too old for the ttl.
///
/// The contract says what a value is, not whether an expression is computed on a row that cannot count for it: one strategy
/// reads such rows and fails on them, another never does. Where only they fail, either is right.
struct CountingRows {
    private let verificationCase: VerificationCase
    private let knowledge: KnowledgeMode

    init(_ verificationCase: VerificationCase, _ knowledge: KnowledgeMode) {
        self.verificationCase = verificationCase
        self.knowledge = knowledge
    }

    func fail(for spineRow: Int) -> Bool {
        let spine = verificationCase.spine
        guard let time = spine.time(spineRow) else { return false }
        let tables = Dictionary(verificationCase.tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for joined in verificationCase.selection.joinedViews {
            let rows = tables[joined.view.source.name]?.naiveRows ?? []
            let keys = joined.joinKeys.map { spine.naiveRow(spineRow)[$0.name] ?? .null }
            for feature in joined.view.features {
                let view = joined.view.keeping(only: feature.name)
                let start = view.start(of: feature, at: time, knowledge)
                let counting = rows.filter { row in
                    guard let start, case .timestamp(let event)? = row[view.source.eventTimestamp.name] else { return true }
                    return event >= start
                }
                do throws(EvaluationError) {
                    _ = try NaivePointInTime(view, rows: counting).features(keys: keys, at: time, knowledge: knowledge)
                } catch {
                    return true
                }
            }
        }
        return false
    }
}

extension FeatureViewPlan {
    /// The first instant whose events can count for a feature at `time`; nil when any can.
    fileprivate func start(of feature: FeaturePlan, at time: Timestamp, _ knowledge: KnowledgeMode) -> Timestamp? {
        switch feature.computation {
        case .latest: ttl.map { time - $0 }
        case .window(_, _, let length, _):
            cut(at: time, knowledge: knowledge) - length + Period(microseconds: 1)
        }
    }
}
