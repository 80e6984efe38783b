package import DriftMonitor
package import FeatureDefs
import OfflineStore
package import PostgresClient

/// Compares a night's profiles with the training set and with the weeks before, from what is stored alone.
package struct DriftCheck: Sendable {
    /// Nights before the one that is judged, for persistence, weeks and calibration.
    package static let historyDays = 63

    private let store: ProfileStore
    private let project: String
    private let falseDiscoveryRate: Double

    package init(connection: PostgresConnection, project: String, falseDiscoveryRate: Double = 0.05) {
        store = ProfileStore(connection: connection, project: project)
        self.project = project
        self.falseDiscoveryRate = falseDiscoveryRate
    }

    /// What a service served on a day, against its training set and against the weeks before; nil without a profile of it at all.
    ///
    /// - Parameter outcomes: what became of the model's predictions, where that is known.
    package func check(
        service: String, baseline named: String?, day: Int, references: Set<DriftReference>, outcomes: OutcomeReport? = nil
    ) async throws -> DriftReport? {
        try await store.prepare()
        guard let baseline = try await store.pinnedBaseline(ofService: service, named: named, pins: false) else { return nil }
        return try await check(baseline, source: .served, day: day, references: references, outcomes: outcomes)
    }

    /// The nights of a service up to a day, against its training set and against the weeks before; nil without a profile of it at all.
    package func histories(ofService service: String, through day: Int) async throws -> [DriftHistory]? {
        try await store.prepare()
        guard let baseline = try await store.pinnedBaseline(ofService: service, named: nil, pins: false) else { return nil }
        let frames = try await store.frames(of: baseline.name)
        let stored = try await store.nights(
            of: baseline.name, frames, source: .served, from: Timestamp(day: day - Self.historyDays), to: Timestamp(day: day + 1))
        guard !stored.nights.isEmpty else { return nil }
        let training = try await self.training(of: baseline, frames)
        let features = Set(frames.columns.map(\.column.name))
        return DriftReference.allCases.filter { $0 == .week || training != nil }.map { reference in
            DriftHistory(
                reference, baseline: reference == .training ? training : nil, nights: stored.nights, features: features)
        }
    }

    private func training(of baseline: Baseline, _ frames: BaselineFrames) async throws -> DriftNight? {
        guard baseline.kind == .training else { return nil }
        return try await store.nights(
            of: baseline.name, frames, source: .training, from: .epoch, to: Timestamp(day: 1_000_000)
        ).nights.last
    }

    /// A view's own values on a day, against the weeks before; nil without a profile of it at all.
    package func check(view: FeatureViewPlan, day: Int) async throws -> DriftReport? {
        try await store.prepare()
        let name = Profiler.baselineName(of: view)
        let all = try await store.baselines(of: view.name, kinds: [.offline])
        guard let baseline = all.first(where: { $0.name == name }) else { return nil }
        return try await check(baseline, source: .offline, day: day, references: [.week])
    }

    private func check(
        _ baseline: Baseline, source: Baseline.Kind, day: Int, references: Set<DriftReference>, outcomes: OutcomeReport? = nil
    ) async throws -> DriftReport {
        let frames = try await store.frames(of: baseline.name)
        let stored = try await store.nights(
            of: baseline.name, frames, source: source, from: Timestamp(day: day - Self.historyDays),
            to: Timestamp(day: day + 1))
        let training = try await self.training(of: baseline, frames)
        let builder = DriftReportBuilder(
            project: project, baseline: baseline, frames: frames, stored: stored, training: training, source: source, day: day,
            falseDiscoveryRate: falseDiscoveryRate, outcomes: outcomes)
        return builder.report(DriftReference.allCases.filter(references.contains))
    }
}

extension Timestamp {
    /// Midnight UTC.
    init(day: Int) { self.init(microseconds: Int64(day) * 86_400_000_000) }

    /// `2024-03-01`
    static func dateText(_ day: Int) -> String { String(Timestamp(day: day).description.prefix(10)) }
}
