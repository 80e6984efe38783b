import Evaluation
import FeatureDefs
import Oracle

/// Whether a materialization run may fail: some entity's stored feature does, at an instant at which the views are run.
struct EntityFailures {
    private let verificationCase: VerificationCase

    init(_ verificationCase: VerificationCase) {
        self.verificationCase = verificationCase
    }

    func exist(atTimesOf rows: [Int]) -> Bool {
        let times = Set(rows.compactMap { verificationCase.spine.time($0) })
        let tables = Dictionary(verificationCase.tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for view in verificationCase.selection.distinctViews where view.isServable {
            let rows = tables[view.source.name]?.naiveRows ?? []
            let oracle = NaivePointInTime(view, rows: rows)
            let keys = Set(rows.map { row in view.joinKeyColumns.map { row[$0.name] ?? .null } })
            for key in keys {
                for time in times {
                    do throws(EvaluationError) {
                        _ = try oracle.features(keys: key, at: time, knowledge: .asServed)
                    } catch {
                        return true
                    }
                }
            }
        }
        return false
    }
}
