package import FeatureDefs

/// Holds ways of computing against the oracle, on one case.
package struct CaseJudge: Sendable {
    private let scratch: ScratchSchema?
    private let ways: [any ComputationWay]
    private let modes: [KnowledgeMode]

    /// - Parameter scratch: where the case is put for ways that read it there; nil when none does.
    package init(
        _ ways: [any ComputationWay], scratch: ScratchSchema?, modes: [KnowledgeMode] = KnowledgeMode.allCases
    ) {
        self.scratch = scratch
        self.ways = ways
        self.modes = modes
    }

    /// The same judge for what one disagreement is about.
    func focused(on disagreement: Disagreement) -> CaseJudge {
        CaseJudge(ways.filter { $0.name == disagreement.way }, scratch: scratch, modes: [disagreement.knowledge])
    }

    /// The first disagreement, if any, and how many values were compared until then.
    package func judge(_ verificationCase: VerificationCase) async throws -> (disagreement: Disagreement?, compared: Int) {
        try await scratch?.load(verificationCase)
        var compared = 0
        for knowledge in modes {
            let answers = OracleAnswers(verificationCase, knowledge)
            for way in ways where way.computes(knowledge) {
                let judgement =
                    way.failsAsAWhole
                    ? try await judgeWhole(way, verificationCase, knowledge, answers)
                    : try await judgeEach(way, verificationCase, knowledge, answers)
                compared += judgement.compared
                if let kind = judgement.kind {
                    return (Disagreement(way: way.name, knowledge: knowledge, kind: kind), compared)
                }
            }
        }
        return (nil, compared)
    }

    private typealias Judgement = (kind: Disagreement.Kind?, compared: Int)

    /// A way in which one row's failure is everybody's: the rows with values first, then one without.
    private func judgeWhole(
        _ way: any ComputationWay, _ verificationCase: VerificationCase, _ knowledge: KnowledgeMode, _ answers: OracleAnswers
    ) async throws -> Judgement {
        let sound = answers.rows.indices.filter { answers.failure(of: $0) == nil }
        var judgement: Judgement = (nil, 0)
        if !sound.isEmpty {
            let result = try await way.compute(verificationCase, rows: sound, knowledge)
            judgement = compare(result, with: answers, rows: sound)
        }
        guard judgement.kind == nil,
            let failing = answers.rows.indices.first(where: { mustFail($0, verificationCase, knowledge, answers) }),
            let reason = answers.failure(of: failing)
        else { return judgement }
        judgement.compared += 1
        if case .rows = try await way.compute(verificationCase, rows: [failing], knowledge) {
            judgement.kind = .didNotFail(spineRow: failing, reason: reason)
        }
        return judgement
    }

    private func mustFail(
        _ row: Int, _ verificationCase: VerificationCase, _ knowledge: KnowledgeMode, _ answers: OracleAnswers
    ) -> Bool {
        guard answers.failure(of: row) != nil else { return false }
        return answers.isStored(row) || CountingRows(verificationCase, knowledge).fail(for: row)
    }

    /// A way in which a failure of an on-demand feature is its row's own. Stored features are computed for all entities at
    /// once: one that fails for an entity leaves nothing to compare.
    private func judgeEach(
        _ way: any ComputationWay, _ verificationCase: VerificationCase, _ knowledge: KnowledgeMode, _ answers: OracleAnswers
    ) async throws -> Judgement {
        let rows = answers.rows.indices.filter { answers.isStored($0) }
        guard !rows.isEmpty else { return (nil, 0) }
        let result = try await way.compute(verificationCase, rows: rows, knowledge)
        if case .failed = result, EntityFailures(verificationCase).exist(atTimesOf: rows) { return (nil, 1) }
        return compare(result, with: answers, rows: rows)
    }

    private func compare(_ result: WayResult, with answers: OracleAnswers, rows expectedRows: [Int]) -> Judgement {
        switch result {
        case .failed(let reason): return (.failed(reason: reason), 1)
        case .rows(let rows):
            guard rows.map(\.spineRow) == expectedRows else {
                return (.rows(expected: expectedRows, found: rows.map(\.spineRow)), 1)
            }
            var compared = 0
            for row in rows {
                for (feature, expected) in answers.expectations(of: row.spineRow).enumerated() {
                    let found = row.values[feature]
                    compared += found == .notComputed ? 0 : 1
                    if expected.accepts(found) { continue }
                    return (.value(spineRow: row.spineRow, feature: feature, expected: expected, found: found), compared)
                }
            }
            return (nil, compared)
        }
    }
}
