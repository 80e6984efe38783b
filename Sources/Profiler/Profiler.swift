import Columnar
import DriftMonitor
package import FeatureDefs
package import OfflineStore
package import PostgresClient

/// What a run of the profiler did.
package struct ProfilingResult: Hashable, Sendable, Codable {
    package let subject: String
    package let source: String
    package let baseline: String
    /// Whether this run made the baseline.
    package let isNewBaseline: Bool
    package let from: String
    package let to: String
    package let rows: Int
    /// Hours that had rows.
    package let windows: Int
    package let features: Int
    /// Features of the subject that the baseline does not know, which are not profiled.
    package let unknownFeatures: [String]
    /// Features that were served under another definition than the baseline's.
    package let otherDefinitions: [String]
}

/// Profiles features hour by hour, from one binary COPY of their values.
package struct Profiler: Sendable {
    private let connection: PostgresConnection
    private let store: ProfileStore
    private let project: String
    private let observer: ProgressReport.Observer?

    package init(connection: PostgresConnection, project: String, observer: ProgressReport.Observer? = nil) {
        self.connection = connection
        self.project = project
        self.observer = observer
        store = ProfileStore(connection: connection, project: project)
    }

    // MARK: A view's values, offline

    /// The name of a view's own baseline under its present definition.
    package static func baselineName(of view: FeatureViewPlan) -> String { "\(view.name)@\(view.fingerprint.prefix(12))" }

    /// Profiles a view's features: each entity with a row in an hour, at the hour's end, as it would have been served.
    ///
    /// - Parameter isRebased: makes the baseline anew from `from..<to`, which takes the profiles in the old one away.
    package func profile(
        _ view: FeatureViewPlan, in plan: Plan, from: Timestamp, to: Timestamp, asOf: Timestamp, isRebased: Bool = false
    ) async throws -> ProfilingResult {
        try await store.prepare()
        let selection = try plan.selection(
            of: view.features.map { FeatureReference(view: view.name, feature: $0.name) })
        let columns = try plan.profiledColumns(of: selection)
        let spine = ActiveEntitySpine(view: view, from: from, to: to, asOf: asOf)
        let request = TrainingRequest(
            selection: selection, spine: .query(try spine.query()), timestampColumn: ActiveEntitySpine.timestampColumn,
            knowledge: .asServed, usesFullFeatureNames: true, asOf: asOf)
        let join = FeatureJoin(connection: connection, observer: observer)
        let name = Self.baselineName(of: view)
        let isKnown = try await store.baselines(of: view.name, kinds: [.offline]).contains { $0.name == name }
        let frames: BaselineFrames
        if isKnown, !isRebased {
            frames = try await store.frames(of: name)
        } else {
            let sink = JoinedRows(columns: columns, keys: selection.joinKeys, frames: nil)
            _ = try await join.run(request, into: sink)
            let sample = await sink.sample
            guard let made = sample.frames() else { throw ProfileError.emptyBaseline(subject: view.name) }
            frames = made.frames
            try await store.keep(
                Baseline(
                    name: name, kind: .offline, subject: view.name, planFingerprint: plan.fingerprint,
                    rows: sample.rowsSeen, profiledRows: made.rows.count, origin: "\(from) to \(to)", createdAt: asOf,
                    isPinned: false),
                frames)
        }
        let sink = JoinedRows(columns: columns, keys: selection.joinKeys, frames: frames)
        _ = try await join.run(request, into: sink)
        guard let profiles = await sink.profiles else { preconditionFailure("with frames, rows are profiled") }
        try await store.replace(of: name, source: .offline, from: from, to: to, with: [profiles])
        return ProfilingResult(
            subject: view.name, source: Baseline.Kind.offline.rawValue, baseline: name, isNewBaseline: !isKnown || isRebased,
            from: from.description, to: to.description, rows: Int(profiles.windows.values.reduce(0) { $0 + $1.rows }),
            windows: profiles.windows.count, features: columns.count, unknownFeatures: [], otherDefinitions: [])
    }

    // MARK: What a service served

    /// Profiles what was logged of a service, in the frames of the deployed model's baseline; each row under the plan that served it.
    ///
    /// - Parameter baseline: the dataset that the deployed model was trained on, from now on; nil for the one named before.
    package func profileServed(
        _ service: String, baseline named: String?, from: Timestamp, to: Timestamp, isRebased: Bool = false
    ) async throws -> ProfilingResult {
        try await store.prepare()
        try await ServedLogSchema.complete(on: connection)
        let log = ServedLog(connection: connection, project: project)
        let fingerprints = try await log.planFingerprints(service: service, from: from, to: to)
        let pinned = try await store.pinnedBaseline(ofService: service, named: named, pins: true)
        if let pinned, pinned.kind == .training || !isRebased {
            return try await profileServed(service, fingerprints, in: pinned, isNew: false, from: from, to: to)
        }
        guard let last = fingerprints.last else { throw ProfileError.notServed(service: service) }
        let made = try await servedBaseline(service, planFingerprint: last, from: from, to: to)
        return try await profileServed(service, fingerprints, in: made, isNew: true, from: from, to: to)
    }

    private func selection(_ service: String, planFingerprint: String) async throws -> (Plan, FeatureSelection)? {
        let plan = try await Registry(connection: connection, project: project).plan(fingerprint: planFingerprint).plan
        guard let definition = plan.service(named: service) else { return nil }
        return (plan, try plan.selection(of: definition))
    }

    /// For a service without a training set: frames from what it serves.
    private func servedBaseline(
        _ service: String, planFingerprint: String, from: Timestamp, to: Timestamp
    ) async throws -> Baseline {
        guard let (plan, selection) = try await selection(service, planFingerprint: planFingerprint) else {
            throw ProfileError.notServed(service: service)
        }
        let columns = try plan.profiledColumns(of: selection)
        let reader = ServedLogColumns(connection: connection, project: project, selection: selection)
        let shape = ServedShape(selection, columns)
        let sample = try await reader.reduce(
            service: service, planFingerprint: planFingerprint, from: from, to: to, into: BaselineSample(columns: columns)
        ) { sample, batch in sample.add(shape.rows(batch)) }
        guard let made = sample.frames() else { throw ProfileError.emptyBaseline(subject: service) }
        let baseline = Baseline(
            name: "\(service)@served", kind: .served, subject: service, planFingerprint: planFingerprint,
            rows: sample.rowsSeen, profiledRows: made.rows.count, origin: "\(from) to \(to)", createdAt: .now, isPinned: false)
        try await store.keep(baseline, made.frames)
        return baseline
    }

    private func profileServed(
        _ service: String, _ fingerprints: [String], in baseline: Baseline, isNew: Bool, from: Timestamp, to: Timestamp
    ) async throws -> ProfilingResult {
        let frames = try await store.frames(of: baseline.name)
        var all: [WindowProfiles] = []
        var (rows, windows) = (0, Set<Int64>())
        var (unknown, others) = (Set<String>(), Set<String>())
        for fingerprint in fingerprints {
            guard let (plan, selection) = try await selection(service, planFingerprint: fingerprint) else { continue }
            let columns = try plan.profiledColumns(of: selection)
            let served = ServedFrames(frames, columns)
            unknown.formUnion(served.unknown)
            others.formUnion(served.otherDefinitions)
            let shape = ServedShape(selection, columns, taking: served.places)
            let reader = ServedLogColumns(connection: connection, project: project, selection: selection)
            let observer = observer
            let profiles = try await reader.reduce(
                service: service, planFingerprint: fingerprint, from: from, to: to,
                into: (profiles: WindowProfiles(frames: served.frames), rows: 0)
            ) { state, batch in
                state.profiles.add(shape.rows(batch))
                state.rows += batch.rowCount
                observer?("profiling \(service)", state.rows, nil)
            }
            rows += profiles.rows
            windows.formUnion(profiles.profiles.windows.keys)
            all.append(profiles.profiles)
        }
        try await store.replace(of: baseline.name, source: .served, from: from, to: to, with: WindowProfiles.combined(all))
        return ProfilingResult(
            subject: service, source: Baseline.Kind.served.rawValue, baseline: baseline.name, isNewBaseline: isNew,
            from: from.description, to: to.description, rows: rows, windows: windows.count, features: frames.columns.count,
            unknownFeatures: unknown.sorted(), otherDefinitions: others.sorted())
    }

    // MARK: A training set

    /// Keeps a training set's profile as the baseline of whatever model is trained on it, under the dataset's name.
    package func keep(_ profile: TrainingProfile, of manifest: TrainingManifest) async throws {
        guard let content = await profile.content else { return }
        try await store.prepare()
        try await store.keep(
            Baseline(
                name: manifest.datasetID, kind: .training, subject: manifest.service,
                planFingerprint: manifest.planFingerprint, rows: content.rows, profiledRows: content.profiledRows,
                origin: manifest.output,
                createdAt: .now, isPinned: false),
            content.profiles.frames, profiles: content.profiles)
    }
}
