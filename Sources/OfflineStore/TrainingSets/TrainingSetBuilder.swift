package import FeatureDefs
import Foundation
package import PostgresClient

/// A training set that has been written.
package struct TrainingResult: Sendable {
    package let rows: Int
    /// The spine's columns, then the features'.
    package let columnNames: [String]
    package let manifest: TrainingManifest
    /// Indexes that would have made it faster.
    package let missingIndexes: [MissingIndex]
    /// What it was made over: another than at first where that was lost.
    package let connection: PostgresConnection
    /// In how much memory the largest part of the rows was joined that could not be cut, where that is more than was allowed.
    package let exceededMemory: Int?
}

/// Joins a spine with features as of each row's time: one row out for each row in, in the spine's order.
package struct TrainingSetBuilder: Sendable {
    private static let mostStarts = 3
    /// How long a server that went away, for a restart perhaps, has to come back, and how often it is asked.
    private static let patience = Duration.seconds(30)
    private static let pause = Duration.milliseconds(500)

    private let connection: PostgresConnection
    private let observer: ProgressReport.Observer?
    private let onChoice: (@Sendable (StrategyChoice) -> Void)?
    private let onRestart: (@Sendable (PostgresError) -> Void)?
    private let tap: (any TrainingRowSink)?

    /// - Parameters:
    ///   - onChoice: told of the strategy before it begins.
    ///   - onRestart: told of each lost connection after which the whole run starts again.
    ///   - tap: is given the rows as they are written, from `begin` on again when the run starts again.
    package init(
        connection: PostgresConnection,
        observer: ProgressReport.Observer? = nil,
        onChoice: (@Sendable (StrategyChoice) -> Void)? = nil,
        onRestart: (@Sendable (PostgresError) -> Void)? = nil,
        tap: (any TrainingRowSink)? = nil
    ) {
        self.tap = tap
        self.connection = connection
        self.observer = observer
        self.onChoice = onChoice
        self.onRestart = onRestart
    }

    /// Makes the training set, all or nothing, from one snapshot of the offline store. A connection that breaks before anything is
    /// to be seen is made anew, twice at most, and the run starts again; a server that restarts is waited for.
    package func build(
        _ request: TrainingRequest,
        for origin: TrainingOrigin,
        to output: TrainingOutput
    ) async throws -> TrainingResult {
        if let spine = request.spine.path, output.replaces(spine) {
            throw TrainingError.outputIsSpine(output: output.description, spine: spine)
        }
        var connection = connection
        var starts = 1
        while true {
            do {
                return try await TrainingSetRun(connection: connection, observer: observer, onChoice: onChoice, tap: tap)
                    .make(request, for: origin, to: output)
            } catch {
                guard let lost = error as? PostgresError, lost.isUnreachable, starts < Self.mostStarts else { throw error }
                starts += 1
                onRestart?(lost)
                connection = try await reconnect(to: connection.url)
            }
        }
    }

    private func reconnect(to url: PostgresURL) async throws -> PostgresConnection {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            try await Task.sleep(for: Self.pause)
            if let connection = try await connect(to: url, isLastTry: ContinuousClock.now >= deadline) { return connection }
        }
    }

    /// nil where the server is not back yet.
    private func connect(to url: PostgresURL, isLastTry: Bool) async throws(PostgresError) -> PostgresConnection? {
        do {
            return try await PostgresConnection.connect(to: url)
        } catch {
            guard error.isUnreachable, !isLastTry else { throw error }
            return nil
        }
    }
}

/// One attempt at a training set.
private struct TrainingSetRun: Sendable {
    let connection: PostgresConnection
    let observer: ProgressReport.Observer?
    let onChoice: (@Sendable (StrategyChoice) -> Void)?
    let tap: (any TrainingRowSink)?

    func make(
        _ request: TrainingRequest,
        for origin: TrainingOrigin,
        to output: TrainingOutput
    ) async throws -> TrainingResult {
        let missingIndexes = try await IndexAdvisor(connection: connection).missingIndexes(for: request.selection.distinctViews)
        let writer = output.writer(url: connection.url)
        do {
            let (manifest, outcome) = try await connection.transaction(isolation: .repeatableRead) {
                // It leaves temporary tables at most, for which nobody need wait until they are on the disk: an output that is a table
                // is written by a connection of its own.
                try await connection.execute("SET LOCAL synchronous_commit = off")
                var connecting = request.strategy == .merge ? MergeJoin.connect(to: connection.url) : nil
                let choice = try await StrategyChooser(connection: connection).choose(request, missingIndexes: missingIndexes)
                onChoice?(choice)
                if choice.chosen == .merge { connecting = connecting ?? MergeJoin.connect(to: connection.url) }
                return try await write(request, by: choice, connecting, for: origin, to: output, with: writer)
            }
            try Task.checkCancellation()
            try await publish(manifest, with: writer)
            return TrainingResult(
                rows: manifest.rows,
                columnNames: manifest.columns.map(\.name),
                manifest: manifest,
                missingIndexes: missingIndexes,
                connection: connection,
                exceededMemory: outcome.exceededMemory
            )
        } catch {
            await writer.abort()
            if let error = error as? PostgresError, error.isDataException {
                throw TrainingError.computationFailed(feature: nil, reason: error.message)
            }
            throw error
        }
    }

    /// Completes what is written, and waits until it is on the disk.
    private func finish(
        _ assembly: TrainingSetAssembly, _ writer: any TrainingWriter
    ) async throws -> (columns: [ColumnContent], written: WrittenOutput) {
        let finished = try await assembly.finish()
        try await writer.synchronize()
        return finished
    }

    /// A connection that breaks now leaves nobody knowing what is to be seen, so it is no reason to start again.
    private func publish(_ manifest: TrainingManifest, with writer: any TrainingWriter) async throws {
        do {
            try await writer.publish(manifest: manifest)
        } catch {
            guard let lost = error as? PostgresError, lost.isUnreachable else { throw error }
            throw TrainingError.cannotWrite(path: manifest.output, reason: lost.message)
        }
    }

    /// The marks of the views' sources, read beside the join.
    private func marks(
        of views: [FeatureViewPlan], _ request: TrainingRequest, _ choice: StrategyChoice
    ) async throws -> [SourceMark] {
        if views.isEmpty { return [] }
        let isStrict = request.leakCheck?.isStrict ?? false
        let seconds = isStrict ? .infinity : choice.estimates.first { $0.strategy == choice.chosen }?.seconds ?? 0
        let readers = try await SnapshotReaders.open(1, of: try await .of(connection))
        let marks = try await readers.map([views]) { connection, views in
            try await SourceMarkReader(connection: connection, asOf: request.asOf, affordableSeconds: seconds).read(views)
        }
        await readers.close()
        return marks.flatMap { $0 }
    }

    private func write(
        _ request: TrainingRequest,
        by choice: StrategyChoice,
        _ connecting: Task<[PostgresConnection], any Error>?,
        for origin: TrainingOrigin,
        to output: TrainingOutput,
        with writer: any TrainingWriter
    ) async throws -> (TrainingManifest, JoinOutcome) {
        let assembly = TrainingSetAssembly(request, writer: writer, tap: tap)
        let views = request.selection.distinctViews
        let computed = request.computingWhatIsRead
        let tables =
            choice.chosen == .merge
            ? try await WholeTables(connection: connection, request: computed, statistics: choice.statistics).choose() : []
        let counted = Set(tables.map(\.read.source.name))
        // Meanwhile, so that nobody waits for it.
        async let others = marks(of: views.filter { !counted.contains($0.source.name) }, request, choice)
        let outcome =
            switch choice.chosen {
            case .probe:
                try await ProbeJoin(request: computed, observer: observer).run(on: connection, into: assembly)
            case .merge:
                try await MergeJoin(
                    request: computed, observer: observer, tables: tables, expectedRows: choice.statistics.rowsToRead,
                    connecting: connecting
                ).run(on: connection, into: assembly)
            }
        async let ending: Void? = tap?.end()
        // The last rows are encoded and go to the disk beside the leak check, which mostly waits for Postgres.
        async let finished = finish(assembly, writer)
        var sources = try await outcome.marks + others
        // A join that turned out not to fit in memory has counted nothing.
        let marked = Set(sources.map(\.source))
        sources += try await marks(of: views.filter { !marked.contains($0.source.name) }, request, choice)
        let order = views.map(\.source.name)
        sources.sort { (order.firstIndex(of: $0.source) ?? 0) < (order.firstIndex(of: $1.source) ?? 0) }
        let schema = await assembly.schema
        var leakCheck: LeakCheckReport?
        if let options = request.leakCheck, let sample = await assembly.sample {
            let report = try await LeakCheck(connection: connection, request: request, options: options)
                .run(sample, sources: sources)
            if options.isStrict { try report.refuseUnlessClean() }
            leakCheck = report
        }
        _ = try await ending
        let (columns, written) = try await finished
        let manifest = TrainingManifest(
            origin: origin,
            request: request,
            schema: schema,
            strategy: choice.chosen,
            outcome: outcome,
            columns: columns,
            sources: sources,
            leakCheck: leakCheck,
            written: written,
            output: output,
            createdAt: .now
        )
        return (manifest, outcome)
    }
}

extension LeakCheckReport {
    fileprivate func refuseUnlessClean() throws(TrainingError) {
        guard findings.isEmpty else { throw .leaks(findings) }
        guard inconclusive.isEmpty else { throw .leakCheckInconclusive(inconclusive) }
    }
}

extension Timestamp {
    /// The clock's time, in whole microseconds.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
