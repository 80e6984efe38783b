import DriftMonitor
import FeatureDefs
import OfflineStore
import OnlineStore
package import PostgresClient
package import RedisClient
import SkewChecker
import Synchronization

/// Serves two days of requests with one fault in them, and holds the skew check's findings against what was broken.
///
/// The stores are real: runs go through the materializer, answers through the lookup, the log through the sink. For each batch there
/// are two answers, the one that a sound system gives and the one that was given; where they differ a finding must name the fault.
package struct FaultRun {
    let fault: Fault
    let seed: UInt64
    /// Requests over all; the same number each hour.
    let requests: Int
    let offline: PostgresConnection

    package init(_ fault: Fault, seed: UInt64, requests: Int, offline: PostgresConnection) {
        self.fault = fault
        self.seed = seed
        self.requests = requests
        self.offline = offline
    }

    /// Batches of an hour, each answered at one instant by one of the hosts.
    private static let batches = 4
    private static let hosts = ["host-a", "host-b", "host-c"]
    private static let views = ["spending", "rating"]
    private static let clockOffset = Period(microseconds: 2 * 3_600_000_000)

    /// - Parameters:
    ///   - online: an empty Redis.
    ///   - twin: another one.
    package func run(online: RedisConnection, twin: RedisConnection) async throws -> FaultOutcome {
        try await FaultWorld.create(seed: seed, on: offline)
        let applied = try await apply(FaultWorld.definitions(), at: FaultWorld.start - Period(microseconds: 86_400_000_000))
        let sound = try await FaultStore(
            applied.plan, named: FaultWorld.project, ids: applied.layouts, offline: offline, online: online)
        let other = try await twinStore(of: applied, on: twin)
        var random = SplitMix64(seed: seed ^ 0xFA17)
        guard let service = applied.plan.service(named: FaultWorld.service) else {
            preconditionFailure("the world has its service")
        }
        var ledger = FaultLedger(
            plan: applied.plan, fingerprint: applied.fingerprint, selection: try applied.plan.selection(of: service))
        let sink = PostgresServedFeatureSink(project: FaultWorld.project, url: offline.url)
        // Before the first hour, so that nothing begins stale.
        try await sound.run(Self.views, at: FaultWorld.start - FaultWorld.hour + Self.lag)
        for hour in 0..<FaultWorld.hours {
            try await play(hour, sound: sound, other: other, sink: sink, random: &random, ledger: &ledger)
        }
        try await setLogClock()
        let found = Mutex<[FoundCell: SkewCause]>([:])
        let report = try await SkewCheck(project: FaultWorld.project, connection: offline)
            .run(since: .negativeInfinity, service: nil, checkedAt: .epoch) { servedID, feature, cause in
                found.withLock { $0[FoundCell(servedID: servedID, feature: feature)] = cause }
            }
        return ledger.outcome(of: fault, found: found.withLock { $0 }, report: report)
    }

    private static let lag = Period(microseconds: 600_000_000)

    private func apply(_ text: String, at instant: Timestamp) async throws -> AppliedPlan {
        let parsed = parseProject([SourceFile(path: "features/faults.yaml", text: text)], project: FaultWorld.project)
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: offline).read(parsed.sources))
        let registry = Registry(connection: offline, project: FaultWorld.project)
        _ = try await registry.apply(plan, appliedBy: "faults", engineVersion: "faults")
        try await offline.executeScript("ALTER TABLE asof.applies DISABLE TRIGGER ALL")
        try await offline.execute(
            "UPDATE asof.applies SET applied_at = $1 WHERE fingerprint = $2",
            [.timestamptz(microseconds: instant.microseconds), .text(plan.fingerprint)])
        try await offline.executeScript("ALTER TABLE asof.applies ENABLE TRIGGER ALL")
        return try await registry.plan(fingerprint: plan.fingerprint)
    }

    /// The store of what should have been served, or of what a fault in computing makes, whichever is not the store that serves.
    private func twinStore(of applied: AppliedPlan, on redis: RedisConnection) async throws -> FaultStore {
        var plan = applied.plan
        switch fault {
        case .wrongZone:
            plan = plan.replacingViews { view in
                view.name == "spending"
                    ? view.reading(
                        "SELECT account_id, amount, country, at + interval '2 hours' AS at, known_at FROM payments") : view
            }
        case .boundary: plan = plan.replacingViews { $0.wideningWindows(by: Period(microseconds: 1)) }
        case .oldDefinition:
            let parsed = parseProject(
                [SourceFile(path: "features/faults.yaml", text: FaultWorld.definitions(window: "12h"))],
                project: FaultWorld.project)
            plan = try compile(parsed, catalogue: try await CatalogueReader(connection: offline).read(parsed.sources))
        case .none, .lateBatch, .missedRuns, .brokenWrite, .lostWrite, .truncatedFloat, .ttlOff, .shiftedClock, .swappedNull,
            .lostZero, .twoAtOnce:
            break
        }
        return try await FaultStore(plan, named: "twin", ids: applied.layouts, offline: offline, online: redis)
    }

    // MARK: An hour

    private var hasTwin: Bool {
        switch fault {
        case .lateBatch, .missedRuns, .oldDefinition, .lostWrite, .wrongZone, .shiftedClock, .boundary, .twoAtOnce: true
        case .none, .brokenWrite, .truncatedFloat, .ttlOff, .swappedNull, .lostZero: false
        }
    }

    private func play(
        _ hour: Int, sound: FaultStore, other: FaultStore, sink: PostgresServedFeatureSink,
        random: inout SplitMix64, ledger: inout FaultLedger
    ) async throws {
        let cut = FaultWorld.start + Period(microseconds: Int64(hour) * FaultWorld.hour.microseconds)
        let runAt = cut + Self.lag
        let isMissed = fault == .missedRuns && [10, 11, 12, 25, 40].contains(hour)
        // A run that was recorded, and whose rows went to another store.
        let isLost = fault == .lostWrite && hour % 6 == 3
        if isLost {
            try await other.run(Self.views, at: runAt)
            try await recordAsDone(cut, runAt)
        } else if !isMissed {
            try await sound.run(Self.views, at: runAt)
        }
        let isLate = (fault == .lateBatch || fault == .twoAtOnce) && hour % 6 == 2
        if isLate { try await insertLateBatch(cut, random: &random) }
        if hasTwin, !isLost {
            let ahead = fault == .shiftedClock ? Self.clockOffset : .zero
            // Rows that came late are found in full.
            try await other.run(Self.views, at: runAt + ahead, isFull: isLate)
        }
        if fault == .oldDefinition, hour == FaultWorld.hours / 2 {
            _ = try await apply(FaultWorld.definitions(window: "12h"), at: runAt)
        }
        for batch in 0..<Self.batches {
            let at = runAt + Period(microseconds: Int64(batch) * 700_000_000 + Int64(random.below(600_000_000)))
            let inAll = FaultWorld.hours * Self.batches
            let asked = Self.requests((requests + inAll - 1) / inAll, random: &random)
            let host = Self.hosts[batch % Self.hosts.count]
            let answers = try await answer(
                asked, at: at, hour: hour, host: host, sound: sound, other: other)
            try await sink.write(ledger.add(asked, answers, host: host, batch: hour * Self.batches + batch))
        }
    }

    private static func requests(_ count: Int, random: inout SplitMix64) -> FaultRequests {
        var requests = FaultRequests()
        for _ in 0..<count {
            requests.accounts.append(FaultWorld.account(random.below(FaultWorld.accounts)))
            requests.shops.append(Int64(random.below(FaultWorld.shops)))
            requests.amounts.append(Double(100 + random.below(100_000)) / 100)
        }
        return requests
    }

    /// What was answered, and what a sound system would have.
    struct Answers {
        let servedAt: Timestamp
        let honest: GivenAnswers
        let served: GivenAnswers
    }

    private func answer(
        _ asked: FaultRequests, at: Timestamp, hour: Int, host: String, sound: FaultStore, other: FaultStore
    ) async throws -> Answers {
        let plain = try await sound.look(up: asked, at: at)
        // Faults of single answers are in every other hour; those of a store are there all the time.
        let isFaulty = hour % 2 == 1
        switch fault {
        case .none: return Answers(servedAt: at, honest: plain, served: plain)
        case .lateBatch, .missedRuns, .lostWrite:
            return Answers(servedAt: at, honest: try await other.look(up: asked, at: at), served: plain)
        case .oldDefinition:
            let isOld = hour >= FaultWorld.hours / 2
            return Answers(servedAt: at, honest: isOld ? try await other.look(up: asked, at: at) : plain, served: plain)
        case .wrongZone, .boundary:
            return Answers(
                servedAt: at, honest: plain, served: isFaulty ? try await other.look(up: asked, at: at) : plain)
        case .brokenWrite:
            // The rows of some accounts are another's.
            let swapped = try await sound.look(up: asked, at: at) { account in
                isFaulty && account.hasSuffix("1") ? FaultWorld.account((Int(account.suffix(3)) ?? 0) / 10 * 10 + 6) : account
            }
            return Answers(servedAt: at, honest: plain, served: swapped)
        case .lostZero:
            let stripped = try await sound.look(up: asked, at: at) { account in
                isFaulty && account.hasPrefix("0") ? String(account.dropFirst()) : account
            }
            return Answers(servedAt: at, honest: plain, served: stripped)
        case .ttlOff:
            guard isFaulty else { return Answers(servedAt: at, honest: plain, served: plain) }
            let unlimited = try await sound.reading(by: \.withoutTTL)
            return Answers(servedAt: at, honest: plain, served: try await unlimited.look(up: asked, at: at))
        case .shiftedClock:
            guard host == "host-b" else { return Answers(servedAt: at, honest: plain, served: plain) }
            let wrong = at + Self.clockOffset
            return Answers(
                servedAt: wrong, honest: try await other.look(up: asked, at: wrong),
                served: try await sound.look(up: asked, at: wrong))
        case .truncatedFloat:
            return Answers(servedAt: at, honest: plain, served: isFaulty ? plain.truncated(asked) : plain)
        case .twoAtOnce:
            return Answers(
                servedAt: at, honest: try await other.look(up: asked, at: at), served: isFaulty ? plain.truncated(asked) : plain)
        case .swappedNull:
            return Answers(servedAt: at, honest: plain, served: isFaulty ? plain.swappingNull() : plain)
        }
    }

    // MARK: What goes wrong

    /// Payments since the cut before for three accounts in ten, which claim to have been known at once: what was served by older
    /// cuts stays right.
    private func insertLateBatch(_ cut: Timestamp, random: inout SplitMix64) async throws {
        var rows = ""
        for account in 0..<FaultWorld.accounts where account % 10 < 3 {
            let event = Timestamp(microseconds: cut.microseconds - 60_000_000 - Int64(random.below(3_500_000_000)))
            let amount = Double(100 + random.below(1_000_000)) / 100 + 0.0007
            rows += "\(FaultWorld.account(account))\t\(amount)\tIS\t\(event)\t\(event)\n"
        }
        let text = rows
        try await offline.copyIn("COPY payments FROM STDIN") { writer in try writer.write(text) }
    }

    /// The twin's runs, as if they had been the store's own.
    private func recordAsDone(_ cut: Timestamp, _ runAt: Timestamp) async throws {
        try await offline.execute(
            """
            INSERT INTO asof.materializations (run_id, project, view, fingerprint, cut, started_at, finished_at, rows_written,
                rows_kept, rows_removed, layout_id, scope, oldest_open_transaction, next_transaction, storage)
            OVERRIDING SYSTEM VALUE
            SELECT nextval(pg_get_serial_sequence('asof.materializations', 'run_id')), $1, view, fingerprint, cut, started_at,
                started_at, rows_written, rows_kept, rows_removed, layout_id, scope, oldest_open_transaction, next_transaction,
                storage
            FROM asof.materializations WHERE project = 'twin' AND started_at = $2
            """,
            [.text(FaultWorld.project), .timestamptz(microseconds: runAt.microseconds)])
    }

    /// The log's clock in the time that is played: a third of a second after the true instant of serving.
    private func setLogClock() async throws {
        let offset = fault == .shiftedClock ? Self.clockOffset : .zero
        try await offline.execute(
            """
            UPDATE asof.served_rows SET logged_at = served_at + interval '0.3 seconds'
                - CASE WHEN host = 'host-b' THEN $1 * interval '1 microsecond' ELSE interval '0' END
            """,
            [.int64(offset.microseconds)])
    }
}
