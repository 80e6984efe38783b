import Evaluation
import FeatureDefs
import Oracle

/// What the oracle says of every spine row of a case, in one mode.
struct OracleAnswers {
    /// One for each spine row: its features; or why a stored feature of it fails, and with it all of the row.
    let rows: [Result<[Expectation], EvaluationError>]

    init(_ verificationCase: VerificationCase, _ knowledge: KnowledgeMode) {
        let oracle = verificationCase.oracle
        let spine = verificationCase.spine
        rows = spine.rows.indices.map { row in
            do throws(EvaluationError) {
                let features = try oracle.features(spine: spine.naiveRow(row), at: spine.time(row), knowledge: knowledge)
                return .success(
                    features.map { feature in
                        switch feature {
                        case .success(let feature): .value(feature)
                        case .failure(let error): .failure(reason: error.description)
                        }
                    })
            } catch {
                return .failure(error)
            }
        }
    }

    /// Why some feature of a row fails; nil when all have values.
    func failure(of row: Int) -> String? {
        switch rows[row] {
        case .failure(let error): return error.description
        case .success(let features):
            for case .failure(let reason) in features { return reason }
            return nil
        }
    }

    /// Whether the row's stored features have values.
    func isStored(_ row: Int) -> Bool {
        if case .success = rows[row] { true } else { false }
    }

    func expectations(of row: Int) -> [Expectation] {
        if case .success(let features) = rows[row] { features } else { [] }
    }
}
