import FeatureDefs
import OfflineStore

/// Says what a fault of transform or write looks like. What costs a pass is asked only of rows that nothing else explains, but for
/// what comes first in the order; the order is monitoring.md's.
struct Refinements {
    let service: CheckedService
    let window: ServedLogWindow
    let climber: Climber

    /// Window boundaries are a microsecond wide: instants are whole ones.
    private static let microsecond = Period(microseconds: 1)

    func refine(_ diagnoses: inout [CellDiagnosis], units: inout UnitFactors) async throws {
        guard diagnoses.contains(where: { $0.isOpen || $0.refinement == .lostWrite }) else { return }
        let record = try await climber.values(.record(seesDoubtful: true))
        askOfUnreadableRows(&diagnoses)
        askOfMissingKeys(&diagnoses, record: record)
        try await askOfTTL(&diagnoses, record: record)
        askOfValues(&diagnoses, units: &units)
        // From here on a pass for each question.
        try await askOfZones(&diagnoses)
        try await askOfBoundaries(&diagnoses)
        dropAccidents(&diagnoses)
    }

    // MARK: Questions of one row

    /// A stored feature is INVALID when its row is of a layout that the server does not know.
    private func askOfUnreadableRows(_ diagnoses: inout [CellDiagnosis]) {
        for index in diagnoses.indices where diagnoses[index].isOpen && diagnoses[index].served.hasFailed {
            let cell = diagnoses[index]
            let row = climber.rows[cell.position]
            let isUnread = service.views[cell.feature].contains { row.recordCuts[$0] == nil }
            let storedIsInvalid = row.servedStatuses.indices.contains { feature in
                row.servedStatuses[feature] == .invalid && service.isStored(feature)
            }
            guard isUnread, storedIsInvalid else { continue }
            diagnoses[index].step = .definitionChange
            diagnoses[index].refinement = .unreadableRow
        }
    }

    private func askOfMissingKeys(_ diagnoses: inout [CellDiagnosis], record: [[FeatureValue]]) {
        for index in diagnoses.indices where diagnoses[index].isOpen {
            let cell = diagnoses[index]
            let row = climber.rows[cell.position]
            let unread = Set(service.views[cell.feature].filter { row.recordCuts[$0] == nil })
            guard !unread.isEmpty else { continue }
            let missing = service.cells(service.withoutRows(record[cell.position], ofViews: unread), request: row.request)
            if explains(missing, cell) { diagnoses[index].refinement = .missingKey }
        }
    }

    private func askOfTTL(_ diagnoses: inout [CellDiagnosis], record: [[FeatureValue]]) async throws {
        guard diagnoses.contains(where: \.isOpen), service.stored.distinctViews.contains(where: { $0.ttl != nil }) else { return }
        let unlimited = try await climber.cells(.record(seesDoubtful: true), \.withoutTTL)
        for index in diagnoses.indices where diagnoses[index].isOpen {
            let cell = diagnoses[index]
            let row = climber.rows[cell.position]
            if explains(unlimited[cell.position], cell) {
                diagnoses[index].refinement = .ttl
            } else if row.servedStatuses[cell.feature] == .outsideMaxAge {
                let expired = service.cells(service.expired(record[cell.position]), request: row.request)
                if explains(expired, cell) { diagnoses[index].refinement = .ttl }
            }
        }
    }

    private func explains(_ cells: [ComputedCell], _ cell: CellDiagnosis) -> Bool {
        cells[cell.feature].equals(cell.served, by: service.equalities[cell.feature])
    }

    // MARK: Questions of one value

    private func askOfValues(_ diagnoses: inout [CellDiagnosis], units: inout UnitFactors) {
        for cell in diagnoses where cell.isOpen {
            if let factor = difference(cell)?.unitFactor { units.see(factor, feature: cell.feature) }
        }
        for index in diagnoses.indices where diagnoses[index].isOpen {
            guard let difference = difference(diagnoses[index]) else { continue }
            let feature = diagnoses[index].feature
            diagnoses[index].refinement =
                if difference.isDefaultFilled {
                    .defaultFilled
                } else if difference.isTimeZone {
                    .timeZone
                } else if let factor = difference.unitFactor, units.isConfirmed(factor, feature: feature) {
                    .unitFactor
                } else if difference.isFloat32 {
                    .float32
                } else if difference.isPastDoublePrecision {
                    .pastDoublePrecision
                } else if difference.isTruncated {
                    .truncation
                } else if let text = difference.text {
                    text
                } else if difference.isNullDefaultSwap {
                    .nullDefaultSwap
                } else if difference.isPermuted {
                    .permutedList
                } else {
                    nil
                }
        }
    }

    private func difference(_ cell: CellDiagnosis) -> ValueDifference? {
        guard !cell.served.hasFailed, !cell.expected.hasFailed else { return nil }
        return ValueDifference(
            served: cell.served.value, expected: cell.expected.value, defaultValue: service.defaults[cell.feature])
    }

    // MARK: Questions that take a pass

    /// How many rows are asked of every zone, before one is asked of all.
    private static let zoneSample = 200
    private static let leastZoneCells = 5

    /// What would have been written, had the source's times been of another zone? One is believed when it explains four in five of
    /// a feature's values that nothing else explains; it then has its say on those that a chance has explained, a ttl too.
    private func askOfZones(_ diagnoses: inout [CellDiagnosis]) async throws {
        guard diagnoses.count(where: \.isOpen) >= Self.leastZoneCells else { return }
        let asked = Set(diagnoses.filter(\.isOpen).map(\.position)).sorted()
        let stride = max(1, asked.count / Self.zoneSample)
        let sample = asked.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
        try await window.setAside(exceptFor: sample.map { climber.rows[$0].ordinal })
        let zones = try await likelyZones(sample, diagnoses)
        try await window.bringBack()
        for zone in Set(zones.values).sorted() {
            let cells = try await climber.cells(.eventsShifted(by: zone))
            let views = Set(zones.filter { $0.value == zone }.keys.flatMap { service.views[$0] })
            for index in diagnoses.indices where diagnoses[index].mayBeZone {
                let cell = diagnoses[index]
                let isOfZone = zones[cell.feature] == zone || !views.isDisjoint(with: service.views[cell.feature])
                if isOfZone, explains(cells[cell.position], cell) { diagnoses[index].refinement = .timeZone }
            }
        }
    }

    /// By feature, the zone that explains most of its values among a sample, if it explains four in five.
    private func likelyZones(_ sample: [Int], _ diagnoses: [CellDiagnosis]) async throws -> [Int: Period] {
        let places = Dictionary(uniqueKeysWithValues: sample.enumerated().map { ($1, $0) })
        let asked = Dictionary(grouping: diagnoses.filter { $0.isOpen && places[$0.position] != nil }, by: \.feature)
            .filter { $0.value.count >= Self.leastZoneCells }
        let sampled = Climber(service: service, window: window, rows: sample.map { climber.rows[$0] })
        var best: [Int: (zone: Period, count: Int)] = [:]
        guard !asked.isEmpty else { return [:] }
        for zone in Self.zones {
            let cells = try await sampled.cells(.eventsShifted(by: zone))
            for (feature, own) in asked {
                let count = own.count { cell in places[cell.position].map { explains(cells[$0], cell) } ?? false }
                if count > best[feature]?.count ?? 0 { best[feature] = (zone, count) }
            }
        }
        return best.filter { Double($0.value.count) >= 0.8 * Double(asked[$0.key]?.count ?? 0) }.mapValues(\.zone)
    }

    /// What would have been written, had a row on the boundary of a window, or at the cut, been counted otherwise?
    ///
    /// A run that counts so may hold an entity for unchanged that is not, and leave its older row: most of a feature's lost writes
    /// that a boundary explains are none.
    private func askOfBoundaries(_ diagnoses: inout [CellDiagnosis]) async throws {
        let asked = Set(diagnoses.filter { $0.isOpen || $0.refinement == .lostWrite }.map(\.position)).sorted()
        guard !asked.isEmpty else { return }
        try await window.keepOnly(asked.map { climber.rows[$0].ordinal })
        let places = Dictionary(uniqueKeysWithValues: asked.enumerated().map { ($1, $0) })
        let left = Climber(service: service, window: window, rows: asked.map { climber.rows[$0] })
        let written = try await boundaries(
            of: .record(seesDoubtful: true), earlier: .cutEarlier(by: Self.microsecond), left)
        for index in diagnoses.indices where diagnoses[index].isOpen {
            let cell = diagnoses[index]
            guard let place = places[cell.position] else { continue }
            if written.contains(where: { explains($0[place], cell) }) { diagnoses[index].refinement = .windowBoundary }
        }
        let lost = diagnoses.indices.filter { diagnoses[$0].refinement == .lostWrite }
        guard !lost.isEmpty else { return }
        let newest = try await boundaries(of: .newestRun, earlier: .newestRunEarlier(by: Self.microsecond), left)
        for (_, own) in Dictionary(grouping: lost, by: { diagnoses[$0].feature }) {
            let explained = own.filter { index in
                let cell = diagnoses[index]
                return places[cell.position].map { place in newest.contains { explains($0[place], cell) } } ?? false
            }
            guard Double(explained.count) >= 0.8 * Double(own.count) else { continue }
            for index in explained { diagnoses[index].refinement = .windowBoundary }
        }
    }

    /// Closed at both ends, closed at the far one, open at both: the one that is right is closed at the near end alone.
    private func boundaries(
        of step: LadderStep, earlier: LadderStep, _ climber: Climber
    ) async throws -> [[[ComputedCell]]] {
        [
            try await climber.cells(step) { $0.wideningWindows(by: Self.microsecond) },
            try await climber.cells(earlier),
            try await climber.cells(earlier) { $0.wideningWindows(by: Period(microseconds: -Self.microsecond.microseconds)) },
        ]
    }

    // MARK: Accidents

    /// One fault explains better than two: where most of a view's values have no explanation, the few that another fault happens to
    /// explain, fewer than one in ten, have none either. So a row of another entity is not taken for a ttl here and a default there.
    private func dropAccidents(_ diagnoses: inout [CellDiagnosis]) {
        let faults = diagnoses.indices.filter { diagnoses[$0].step == .transformOrWrite }
        for (_, own) in Dictionary(grouping: faults, by: { service.views[diagnoses[$0].feature] }) {
            let open = own.count { diagnoses[$0].refinement == nil }
            guard 2 * open >= own.count else { continue }
            for (refinement, explained) in Dictionary(grouping: own, by: { diagnoses[$0].refinement }) {
                guard let refinement, Self.mayBeAccident(refinement), 10 * explained.count < own.count else { continue }
                for index in explained { diagnoses[index].refinement = nil }
            }
        }
    }

    private static func mayBeAccident(_ refinement: SkewCause.Refinement) -> Bool {
        switch refinement {
        // These are told by more than the value.
        case .missingKey, .clockSkew, .unreadableRow, .unitFactor: false
        case .ttl, .defaultFilled, .timeZone, .float32, .pastDoublePrecision, .truncation, .unicodeForm, .whitespace, .letterCase,
            .nullDefaultSwap, .windowBoundary, .permutedList, .lostWrite, .unexplained:
            true
        }
    }

    /// The offsets that zones have, common ones first.
    private static let zones: [Period] =
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].flatMap { [$0, -$0] }.map { $0 * 60 }
        + [330, -330, 570, -570, 345, -345, 210, -210, 270, -270, 390, -390, 630, -630])
        .map { Period(microseconds: Int64($0) * 60_000_000) }
}
