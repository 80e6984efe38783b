import FeatureDefs

/// Makes a case small while one disagreement stays: fewer spine rows, fewer source rows, one feature, plain values.
struct CaseMinimizer {
    /// Each try loads and computes a case, so their number is bounded; what is left then is shown as it is.
    private static let maximalTries = 600

    private let judge: CaseJudge
    private let progress: () -> Void
    private var tries = 0
    private(set) var smallest: VerificationCase
    private(set) var disagreement: Disagreement

    init(_ verificationCase: VerificationCase, _ disagreement: Disagreement, judge: CaseJudge, progress: @escaping () -> Void) {
        self.judge = judge.focused(on: disagreement)
        self.progress = progress
        smallest = verificationCase
        self.disagreement = disagreement
    }

    mutating func run() async throws {
        try await keepOneSpineRow()
        try await isolateFeature()
        try await removeRows()
        try await useAPlainSession()
        try await simplifyValues()
        try await removeRows()
    }

    /// Takes a candidate if it shows the same disagreement.
    private mutating func accept(_ candidate: VerificationCase, as known: Disagreement? = nil) async throws -> Bool {
        guard tries < Self.maximalTries else { return false }
        tries += 1
        progress()
        let found = try await judge.judge(candidate).disagreement
        guard let found, found.resembles(known ?? disagreement) else { return false }
        smallest = candidate
        disagreement = found
        return true
    }

    private mutating func keepOneSpineRow() async throws {
        let row: Int
        switch disagreement.kind {
        case .value(let spineRow, _, _, _), .didNotFail(let spineRow, _): row = spineRow
        case .rows(let expected, let found): row = Self.wrongRow(expected, found)
        case .failed: return
        }
        var candidate = smallest
        candidate.spine.rows = [smallest.spine.rows[row]]
        _ = try await accept(candidate)
    }

    /// The first that did not come out once, or not in its place.
    private static func wrongRow(_ expected: [Int], _ found: [Int]) -> Int {
        expected.first { row in found.count { $0 == row } != 1 } ?? zip(expected, found).first { $0 != $1 }?.0 ?? 0
    }

    /// One feature, alone in its view, where the disagreement does not need the others.
    private mutating func isolateFeature() async throws {
        guard case .value(let row, let feature, let expected, let found) = disagreement.kind else {
            for feature in smallest.selection.features where try await isolate(feature, as: disagreement) { return }
            return
        }
        let alone = Disagreement(
            way: disagreement.way, knowledge: disagreement.knowledge,
            kind: .value(spineRow: row, feature: 0, expected: expected, found: found))
        _ = try await isolate(smallest.selection.features[feature], as: alone)
    }

    private mutating func isolate(_ feature: SelectedFeature, as alone: Disagreement) async throws -> Bool {
        for plan in [smallest.plan.isolating(feature.reference), smallest.plan] {
            guard let selection = try? plan.selection(of: [feature]) else { continue }
            var candidate = smallest
            candidate.plan = plan
            candidate.selection = selection
            candidate.spine = smallest.spine.reduced(to: selection)
            candidate.tables = smallest.tables.filter { table in
                selection.distinctViews.contains { $0.source.name == table.name }
            }
            if try await accept(candidate, as: alone) { return true }
        }
        return false
    }

    private mutating func removeRows() async throws {
        for index in smallest.tables.indices {
            _ = try await minimized(smallest.tables[index].rows) { rows in
                var candidate = smallest
                candidate.tables[index] = smallest.tables[index].holding(rows)
                return try await accept(candidate)
            }
        }
        _ = try await minimized(smallest.spine.rows) { rows in
            guard !rows.isEmpty else { return false }
            var candidate = smallest
            candidate.spine.rows = rows
            return try await accept(candidate)
        }
    }

    private mutating func useAPlainSession() async throws {
        let session = smallest.session
        for plainer in [SessionTraps.plain, SessionTraps(timeZone: "UTC", planner: session.planner)] where plainer != session {
            var candidate = smallest
            candidate.session = plainer
            if try await accept(candidate) { return }
        }
    }

    // MARK: Values

    private mutating func simplifyValues() async throws {
        for table in smallest.tables.indices {
            let columns = smallest.tables[table].columns
            for row in smallest.tables[table].rows.indices {
                for column in columns.indices {
                    let value = smallest.tables[table].rows[row][column]
                    for simpler in SimplerValues.of(value, columns[column].storage) {
                        var candidate = smallest
                        var rows = smallest.tables[table].rows
                        rows[row][column] = simpler
                        candidate.tables[table] = smallest.tables[table].holding(rows)
                        if try await accept(candidate) { break }
                    }
                }
            }
        }
        for row in smallest.spine.rows.indices {
            for column in smallest.spine.columns.indices.dropFirst(2) {
                let value = smallest.spine.rows[row][column]
                for simpler in SimplerValues.of(value, smallest.spine.columns[column].storage) {
                    var candidate = smallest
                    candidate.spine.rows[row][column] = simpler
                    if try await accept(candidate) { break }
                }
            }
        }
    }
}

extension VerificationSpine {
    /// The columns that a part of the selection reads.
    fileprivate func reduced(to selection: FeatureSelection) -> VerificationSpine {
        let spine = VerificationSpine(selection)
        let places = spine.columns.map { column in columns.firstIndex(of: column) }
        var reduced = spine
        reduced.rows = rows.map { row in places.map { $0.map { row[$0] } ?? .null } }
        return reduced
    }
}

extension RandomTable {
    fileprivate func holding(_ rows: [[FeatureValue]]) -> RandomTable { RandomTable(name: name, columns: columns, rows: rows) }
}
