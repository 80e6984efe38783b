package import FeatureDefs
package import Logging
import ServiceLifecycle
import Synchronization

/// What became of the rows offered to a log.
package struct ServedLogCounts: Hashable, Sendable {
    package var written = 0
    /// Not written: the queue was full, the sink failed again and again, or it cannot hold the row.
    package var dropped = 0
    /// Waiting to be written.
    package var queued = 0

    package init(written: Int = 0, dropped: Int = 0, queued: Int = 0) {
        self.written = written
        self.dropped = dropped
        self.queued = queued
    }
}

/// Keeps what was served, off the request path.
///
/// A request offers its rows and goes on: it never waits. The queue is bounded; when it is full, the offer is dropped
/// and counted. One task hands batches to the sink, tries a failed batch again, and at shutdown writes what is left.
/// What is lost is counted here and, once the sink takes anything, told to the sink as well.
package final class ServedFeatureLog: Service {
    package struct Configuration: Sendable {
        /// Rows that may wait.
        package var capacity = 20_000
        /// Rows for one write at most.
        package var batchSize = 1_000
        /// How long the first row of a batch waits for company.
        package var linger = Duration.milliseconds(100)
        /// How often a batch is tried before it is dropped.
        package var attempts = 60
        package var retryDelay = Duration.seconds(1)

        package init() {}
    }

    private struct State {
        var queue: [ServedRow] = []
        var counts = ServedLogCounts()
        var losses = ServedLogLosses()

        mutating func lose(_ rows: some Collection<ServedRow>, _ cause: ServedLogLoss.Cause) {
            counts.dropped += rows.count
            losses.add(rows, cause)
        }
    }

    private let sink: any ServedFeatureSink
    private let configuration: Configuration
    private let logger: Logger
    private let state = Mutex(State())
    /// One element is enough to say "look".
    private let wakeups: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    package init(sink: any ServedFeatureSink, configuration: Configuration = Configuration(), logger: Logger = .asofServer) {
        self.sink = sink
        self.configuration = configuration
        self.logger = logger
        (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package var counts: ServedLogCounts {
        state.withLock { state in
            var counts = state.counts
            counts.queued = state.queue.count
            return counts
        }
    }

    /// Takes the rows of one request, all or none.
    package func offer(_ rows: [ServedRow]) {
        guard !rows.isEmpty else { return }
        let isTaken = state.withLock { state in
            // One large request fits an empty queue: the limit on bodies bounds it.
            guard state.queue.isEmpty || state.queue.count + rows.count <= configuration.capacity else {
                state.lose(rows, .queueFull)
                return false
            }
            state.queue += rows
            return true
        }
        if isTaken { wake.yield() }
    }

    /// Writes until the service group shuts down gracefully, and then what is left.
    package func run() async throws {
        await withGracefulShutdownHandler {
            for await _ in wakeups {
                // Cut short by nothing: at shutdown it costs a tenth of a second.
                try? await Task.sleep(for: configuration.linger)
                await drain()
            }
        } onGracefulShutdown: { [wake] in
            wake.finish()
        }
        await drain()
        giveUpTheRest()
    }

    /// After a shutdown that took too long.
    private func giveUpTheRest() {
        let rows = state.withLock { state in
            let rows = state.queue
            state.queue = []
            state.lose(rows, .storeUnavailable)
            return rows.count
        }
        guard rows > 0 else { return }
        logger.error("the served-feature log could not be written before the server ended", metadata: ["rows": "\(rows)"])
    }

    private func drain() async {
        while !Task.isCancelled {
            let batch = state.withLock { state in
                let batch = Array(state.queue.prefix(configuration.batchSize))
                state.queue.removeFirst(batch.count)
                return batch
            }
            guard !batch.isEmpty else { break }
            await write(batch[...])
        }
        await recordLosses()
    }

    private func write(_ batch: ArraySlice<ServedRow>) async {
        for attempt in 1...max(1, configuration.attempts) {
            do {
                try await sink.write(Array(batch))
                state.withLock { $0.counts.written += batch.count }
                return
            } catch let error as UnstorableRows {
                return await setAside(batch, error)
            } catch {
                logger.warning(
                    "cannot write the served-feature log", metadata: ["error": "\(error)", "attempt": "\(attempt)"]
                )
            }
            // Once the time for a shutdown is over nothing waits any more, and to try without a pause helps nobody.
            if Task.isCancelled { break }
            if attempt < configuration.attempts { try? await Task.sleep(for: configuration.retryDelay) }
        }
        state.withLock { $0.lose(batch, .storeUnavailable) }
        logger.error("dropped rows of the served-feature log", metadata: ["rows": "\(batch.count)"])
    }

    /// Halves a batch until the row that cannot be stored is alone, so that it takes no other with it.
    private func setAside(_ batch: ArraySlice<ServedRow>, _ error: UnstorableRows) async {
        guard batch.count > 1 else {
            state.withLock { $0.lose(batch, .unstorable) }
            logger.error("dropped a row of the served-feature log", metadata: ["error": "\(error)"])
            return
        }
        let middle = batch.startIndex + batch.count / 2
        await write(batch[..<middle])
        await write(batch[middle...])
    }

    /// What cannot be told now is told after the next batch.
    private func recordLosses() async {
        let losses = state.withLock { state in
            let losses = state.losses
            state.losses = ServedLogLosses()
            return losses
        }
        guard !losses.isEmpty else { return }
        do {
            try await sink.record(losses.all)
        } catch {
            logger.warning("cannot record what the served-feature log lost", metadata: ["error": "\(error)"])
            state.withLock { $0.losses.add(losses) }
        }
    }
}
