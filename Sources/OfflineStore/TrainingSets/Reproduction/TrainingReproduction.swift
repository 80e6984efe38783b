import Crypto
import FeatureDefs
import Foundation
package import PostgresClient

/// Makes a training set again from its manifest alone, by the definitions that the manifest holds, and compares.
package struct TrainingReproduction: Sendable {
    private let connection: PostgresConnection
    private let engineVersion: String
    private let observer: ProgressReport.Observer?

    package init(connection: PostgresConnection, engineVersion: String, observer: ProgressReport.Observer? = nil) {
        self.connection = connection
        self.engineVersion = engineVersion
        self.observer = observer
    }

    /// - Parameters:
    ///   - original: the first training set's file, where there is one: with it differences are counted row by row.
    ///   - folder: where a spine's file is looked for that is neither where it was nor found from the working folder.
    ///   - output: where to keep what is made; nil to make and compare only.
    package func run(
        _ manifest: TrainingManifest,
        original: String?,
        folder: String?,
        output: TrainingOutput?
    ) async throws -> ReproductionReport {
        let request = try request(for: manifest, folder: folder)
        try await refuseMisfits(of: manifest.plan)
        let scratch = scratchOutput(for: manifest)
        defer { if output == nil { Self.remove(scratch) } }
        let origin = TrainingOrigin(
            engineVersion: engineVersion,
            plan: manifest.plan,
            planFingerprint: manifest.planFingerprint,
            service: manifest.service
        )
        let result = try await TrainingSetBuilder(connection: connection, observer: observer)
            .build(request, for: origin, to: output ?? scratch)
        return try report(manifest, result.manifest, original: original, made: output ?? scratch)
    }

    private func request(for manifest: TrainingManifest, folder: String?) throws -> TrainingRequest {
        guard let service = manifest.plan.service(named: manifest.service) else {
            throw ManifestError.notAManifest(path: "the manifest of service `\(manifest.service)`")
        }
        return TrainingRequest(
            selection: try manifest.plan.selection(of: service),
            spine: SpineSource(argument: manifest.spine.source).found(at: manifest.spine.file, near: folder),
            timestampColumn: manifest.spine.timestampColumn,
            knowledge: manifest.knowledge,
            usesFullFeatureNames: manifest.usesFullFeatureNames,
            asOf: manifest.asOf.flatMap { Timestamp($0) },
            strategy: manifest.strategy
        )
    }

    /// What a source lacks now is clearer said than as an error of SQL.
    private func refuseMisfits(of plan: Plan) async throws {
        let catalogue = try await CatalogueReader(connection: connection).read(plan.sourceRequests)
        let misfits = plan.misfits(in: catalogue)
        guard misfits.isEmpty else { throw TrainingError.sourcesChanged(misfits) }
    }

    /// A file of the same format, to be removed; for a table a CSV file, since only its content counts.
    private func scratchOutput(for manifest: TrainingManifest) -> TrainingOutput {
        let name = "asof-reproduction-\(ProcessInfo.processInfo.processIdentifier)-\(manifest.contentSHA256.prefix(12))"
        let file = FileManager.default.temporaryDirectory.appending(path: name).path
        switch TrainingOutput(argument: manifest.output) {
        case .parquet: return .parquet(path: file + ".parquet")
        case .csv, .table, nil: return .csv(path: file + ".csv")
        }
    }

    private static func remove(_ scratch: TrainingOutput) {
        guard let path = scratch.path else { return }
        try? FileManager.default.removeItem(atPath: path)
        try? FileManager.default.removeItem(atPath: TrainingManifest.path(beside: path))
    }

    private func report(
        _ was: TrainingManifest,
        _ now: TrainingManifest,
        original: String?,
        made: TrainingOutput
    ) throws -> ReproductionReport {
        let isReproduced = was.contentSHA256 == now.contentSHA256
        let originalIsIntact = try original.flatMap { path in try was.fileSHA256.map { try $0 == sha256(ofFile: path) } }
        var difference: TrainingSetDifference?
        if !isReproduced, let original, originalIsIntact == true, let path = made.path {
            // Of another spine no row is another's but by its place.
            let identity = was.spine.sha256 == now.spine.sha256 ? was.identityColumns : []
            difference = try TrainingSetComparison(original, path, identity: identity).run()
        }
        return ReproductionReport(
            datasetID: was.datasetID,
            isReproduced: isReproduced,
            contentWas: was.contentSHA256,
            contentIs: now.contentSHA256,
            rowsWere: was.rows,
            rowsAre: now.rows,
            hasSameBytes: was.fileSHA256.flatMap { sha in now.fileSHA256.map { $0 == sha } },
            originalIsIntact: originalIsIntact,
            engineWas: was.asof,
            engineIs: now.asof,
            hasSameSpine: was.spine.sha256 == now.spine.sha256,
            columns: columnChanges(was, now, difference),
            sources: sourceChanges(was.sources, now.sources),
            sourcesWereCounted: (was.sources + now.sources).allSatisfy { $0.rows != nil }
        )
    }

    private func columnChanges(
        _ was: TrainingManifest, _ now: TrainingManifest, _ difference: TrainingSetDifference?
    ) -> [ReproductionReport.ColumnChange] {
        var changes: [ReproductionReport.ColumnChange] = []
        for (index, column) in was.columns.enumerated() {
            let current = now.columns.first { $0.name == column.name }
            guard current?.sha256 != column.sha256 else { continue }
            let counted = difference?.columns.first { $0.column == column.name }
            changes.append(
                .init(
                    column: column.name,
                    isSpine: index < was.spine.columns,
                    nullsWere: column.nulls,
                    nullsAre: current?.nulls ?? 0,
                    rows: difference.map { _ in counted?.rows ?? 0 },
                    examples: counted?.examples ?? []
                )
            )
        }
        return changes
    }

    private func sourceChanges(_ was: [SourceMark], _ now: [SourceMark]) -> [ReproductionReport.SourceChange] {
        was.compactMap { mark in
            guard let current = now.first(where: { $0.source == mark.source }), current != mark,
                let rowsWere = mark.rows, let rowsAre = current.rows
            else { return nil }
            return .init(
                source: mark.source,
                rowsWere: rowsWere,
                rowsAre: rowsAre,
                maxAvailableWas: mark.maxAvailable,
                maxAvailableIs: current.maxAvailable
            )
        }
    }
}

/// SHA-256 of a file's bytes, in hexadecimal.
func sha256(ofFile path: String) throws -> String {
    let handle = try FileHandle(forReadingFrom: URL(filePath: path))
    defer { try? handle.close() }
    var hash = SHA256()
    while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { hash.update(data: chunk) }
    return hash.finalize().hexadecimal
}

extension SpineSource {
    /// The spine's file: where it was, or else from the working folder, or else from another one.
    fileprivate func found(at recorded: String?, near folder: String?) -> SpineSource {
        func found(_ path: String) -> String {
            let places = [recorded, path, folder.map { URL(filePath: $0).appending(path: path).path }].compactMap { $0 }
            return places.first { FileManager.default.fileExists(atPath: $0) } ?? path
        }
        switch self {
        case .table, .query: return self
        case .csv(let path): return .csv(path: found(path))
        case .parquet(let path): return .parquet(path: found(path))
        }
    }
}
