import FeatureDefs
import OfflineStore

/// Finds the cause of each served value of a window that differs: climbs the ladder for the rows that have one, a pass over them
/// for each step, then asks of what is left which one fault would have made it.
struct LadderClimb {
    /// A served value that is not what training computes.
    struct Finding: Sendable {
        /// Places in the window and among the service's features.
        let row: Int
        let feature: Int
        let cause: SkewCause
        /// What training computes.
        let expected: FeatureValue
    }

    let service: CheckedService
    /// The plans that were in force while the service was served by another.
    let inForce: [DefinitionInForce]
    let window: ServedLogWindow

    /// - Parameters:
    ///   - rows: all of the window, in its order.
    ///   - contract: what training computes for each.
    ///   - hosts: what is known of the hosts' clocks; sees these rows too.
    ///   - units: the factors that have been seen, feature by feature.
    func findings(
        in rows: [ServedRowComparison], contract: [[ComputedCell]], hosts: inout HostClocks, units: inout UnitFactors
    ) async throws -> [Finding] {
        for row in rows { hosts.see(row) }
        let served = rows.map { row in zip(row.servedValues, row.servedStatuses).map { ComputedCell(served: $0, $1) } }
        var kept = rows.indices.filter { index in
            !differing(served[index], contract[index]).isEmpty
                || inForce.contains { $0.covers(rows[index].servedAt) }
        }
        guard !kept.isEmpty else { return [] }
        try await window.keep(kept.map { rows[$0].ordinal })

        let target = try await underDefinitionInForce(contract, kept, rows)
        let all = kept
        kept = all.filter { !differing(served[$0], target[$0]).isEmpty }
        guard !kept.isEmpty else { return [] }
        if kept.count < all.count { try await window.keepOnly(kept.map { rows[$0].ordinal }) }

        var diagnoses: [CellDiagnosis] = []
        for (position, index) in kept.enumerated() {
            for feature in differing(served[index], target[index]) {
                diagnoses.append(CellDiagnosis(position: position, row: index, feature: feature, served: served[index][feature]))
            }
        }
        let climber = Climber(service: service, window: window, rows: kept.map { rows[$0] })
        try await setSteps(of: &diagnoses, climber: climber, contract: contract, target: target)
        try await findClocks(&diagnoses, climber: climber, hosts: hosts)
        try await Refinements(service: service, window: window, climber: climber).refine(&diagnoses, units: &units)
        return diagnoses.map { diagnosis in
            Finding(
                row: diagnosis.row, feature: diagnosis.feature, cause: diagnosis.cause,
                expected: target[diagnosis.row][diagnosis.feature].value)
        }
    }

    private func differing(_ a: [ComputedCell], _ b: [ComputedCell]) -> [Int] {
        a.indices.filter { !a[$0].equals(b[$0], by: service.equalities[$0]) }
    }

    // MARK: Steps

    /// V4, where it is not V3.
    private func underDefinitionInForce(
        _ contract: [[ComputedCell]], _ kept: [Int], _ rows: [ServedRowComparison]
    ) async throws -> [[ComputedCell]] {
        var target = contract
        for definition in inForce where kept.contains(where: { definition.covers(rows[$0].servedAt) }) {
            let other = definition.service
            let values = try await window.values(.contract, of: other.stored)
            for (position, index) in kept.enumerated() where definition.covers(rows[index].servedAt) {
                let request = other.selection.requestInputs.map { input in
                    service.selection.requestInputs.firstIndex(of: input).map { rows[index].request[$0] } ?? .null
                }
                let cells = other.cells(values[position], request: request)
                for (place, feature) in other.selection.features.enumerated() {
                    guard let own = service.selection.features.firstIndex(of: feature) else { continue }
                    target[index][own] = cells[place]
                }
            }
        }
        return target
    }

    private func setSteps(
        of diagnoses: inout [CellDiagnosis], climber: Climber, contract: [[ComputedCell]], target: [[ComputedCell]]
    ) async throws {
        let record = try await climber.cells(.record(seesDoubtful: true))
        let newest = try await climber.cells(.newestRun)
        let arrived = try await climber.cells(.arrivedSince)
        for index in diagnoses.indices {
            let cell = diagnoses[index]
            let equality = service.equalities[cell.feature]
            func at(_ step: [[ComputedCell]]) -> ComputedCell { step[cell.position][cell.feature] }
            diagnoses[index].expected = at(record)
            let (v3, v4) = (contract[cell.row][cell.feature], target[cell.row][cell.feature])
            if !cell.served.equals(at(record), by: equality) {
                diagnoses[index].step = .transformOrWrite
            } else if !at(record).equals(at(newest), by: equality) {
                diagnoses[index].step = .transformOrWrite
                diagnoses[index].refinement = .lostWrite
            } else if !at(newest).equals(at(arrived), by: equality) {
                diagnoses[index].step = .lateData
            } else if !at(arrived).equals(v3, by: equality) {
                diagnoses[index].step = .staleness
            } else if !v3.equals(v4, by: equality) {
                diagnoses[index].step = .definitionChange
            }
        }
        // Rows of transactions that were open beside the run may not have been seen.
        guard diagnoses.contains(where: \.isOpen) else { return }
        let doubtful = try await climber.cells(.record(seesDoubtful: false))
        for index in diagnoses.indices where diagnoses[index].isOpen {
            let cell = diagnoses[index]
            let equality = service.equalities[cell.feature]
            let own = doubtful[cell.position][cell.feature]
            guard cell.served.equals(own, by: equality) else { continue }
            diagnoses[index].step =
                own.equals(arrived[cell.position][cell.feature], by: equality) ? .staleness : .lateData
        }
    }

    /// A host's clock is to blame when the instant of serving, put right, makes most of the host's differences go away.
    private func findClocks(_ diagnoses: inout [CellDiagnosis], climber: Climber, hosts: HostClocks) async throws {
        for (host, offset) in hosts.suspects {
            let own = diagnoses.indices.filter { climber.rows[diagnoses[$0].position].host == host }
            guard !own.isEmpty else { continue }
            try await window.move(host, by: offset)
            let corrected = try await climber.cells(.contract)
            try await window.move(host, by: Period(microseconds: -offset.microseconds))
            let explained = own.filter { index in
                let cell = diagnoses[index]
                return cell.served.equals(corrected[cell.position][cell.feature], by: service.equalities[cell.feature])
            }
            guard Double(explained.count) >= 0.8 * Double(own.count) else { continue }
            for index in explained { diagnoses[index].refinement = .clockSkew }
            // By such a clock nothing is old, and no run has finished: a ttl judged by it leaves such rows unexplained.
            for index in own where diagnoses[index].step == .staleness || diagnoses[index].refinement == .lostWrite {
                diagnoses[index].refinement = .clockSkew
            }
        }
    }
}

/// One served value that differs, and what is known of why.
struct CellDiagnosis: Sendable {
    /// Among the rows kept, and in the window.
    let position: Int
    let row: Int
    let feature: Int
    let served: ComputedCell
    /// What the run that wrote it should have written.
    var expected: ComputedCell
    /// Differences that no step shows are the tolerance's: each step is within it, all together are not.
    var step = SkewCause.Step.transformOrWrite
    var refinement: SkewCause.Refinement?

    init(position: Int, row: Int, feature: Int, served: ComputedCell) {
        self.position = position
        self.row = row
        self.feature = feature
        self.served = served
        expected = served
    }

    /// Whether the first step differs and nothing says yet what the difference looks like.
    var isOpen: Bool { step == .transformOrWrite && refinement == nil }

    /// Whether what it looks like may be a zone's doing.
    var mayBeZone: Bool {
        switch refinement {
        case .missingKey, .clockSkew, .lostWrite, .unreadableRow: false
        case nil, .ttl, .defaultFilled, .timeZone, .unitFactor, .float32, .pastDoublePrecision, .truncation, .unicodeForm,
            .whitespace, .letterCase, .nullDefaultSwap, .windowBoundary, .permutedList, .unexplained:
            step == .transformOrWrite
        }
    }

    var cause: SkewCause { SkewCause(step, refinement ?? (step == .transformOrWrite ? .unexplained : nil)) }
}

/// Recomputes the rows kept at a step.
struct Climber: Sendable {
    let service: CheckedService
    let window: ServedLogWindow
    /// Those kept, in the window's order.
    let rows: [ServedRowComparison]

    func values(
        _ step: LadderStep, _ change: ((FeatureViewPlan) -> FeatureViewPlan)? = nil
    ) async throws -> [[FeatureValue]] {
        try await window.values(step, of: change.map { service.stored.replacingViews($0) })
    }

    /// The service's features of each row.
    func cells(
        _ step: LadderStep, _ change: ((FeatureViewPlan) -> FeatureViewPlan)? = nil
    ) async throws -> [[ComputedCell]] {
        cells(try await values(step, change))
    }

    func cells(_ values: [[FeatureValue]]) -> [[ComputedCell]] {
        zip(values, rows).map { service.cells($0, request: $1.request) }
    }
}
