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
}

/// Joins a spine with features as of each row's time: one row out for each row in, in the spine's order.
package struct TrainingSetBuilder: Sendable {
    private let connection: PostgresConnection
    private let observer: ProgressReport.Observer?

    package init(connection: PostgresConnection, observer: ProgressReport.Observer? = nil) {
        self.connection = connection
        self.observer = observer
    }

    /// Makes the training set, all or nothing, from one snapshot of the offline store.
    package func build(
        _ request: TrainingRequest,
        for origin: TrainingOrigin,
        to output: TrainingOutput
    ) async throws -> TrainingResult {
        let missingIndexes = try await IndexAdvisor(connection: connection).missingIndexes(for: request.selection.distinctViews)
        let writer = output.writer(url: connection.url)
        do {
            let manifest = try await connection.transaction(isolation: .repeatableRead) {
                try await write(request, for: origin, to: output, with: writer)
            }
            return TrainingResult(
                rows: manifest.rows,
                columnNames: manifest.columns.map(\.name),
                manifest: manifest,
                missingIndexes: missingIndexes
            )
        } catch {
            await writer.abort()
            if let error = error as? PostgresError, error.isDataException {
                throw TrainingError.computationFailed(reason: error.message)
            }
            throw error
        }
    }

    private func write(
        _ request: TrainingRequest,
        for origin: TrainingOrigin,
        to output: TrainingOutput,
        with writer: any TrainingWriter
    ) async throws -> TrainingManifest {
        let assembly = TrainingSetAssembly(writer: writer)
        let strategy = request.strategy ?? .probe
        let outcome =
            switch strategy {
            case .probe: try await ProbeJoin(request: request, observer: observer).run(on: connection, into: assembly)
            case .merge: try await MergeJoin(request: request, observer: observer).run(on: connection, into: assembly)
            }
        let (columns, written) = try await assembly.finish()
        let manifest = TrainingManifest(
            origin: origin,
            request: request,
            schema: await assembly.schema,
            strategy: strategy,
            outcome: outcome,
            columns: columns,
            written: written,
            output: output,
            createdAt: .now
        )
        try Task.checkCancellation()
        try await writer.publish(manifest: manifest)
        return manifest
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
