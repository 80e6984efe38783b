import Evaluation
import FeatureDefs
import Foundation
import OfflineStore
import PostgresClient

/// Reads a project's definition files and compiles them against the offline store's catalogue.
struct DefinitionCompiler: Sendable {
    private let configuration: ProjectConfiguration

    init(_ configuration: ProjectConfiguration) {
        self.configuration = configuration
    }

    func compile(against connection: PostgresConnection) async throws -> Plan {
        let parsed = parseProject(try files.read(), project: configuration.project)
        let catalogue = try await CatalogueReader(connection: connection).read(parsed.sources)
        return try FeatureDefs.compile(parsed, catalogue: catalogue) { $0.constantError?.description }
    }

    /// The sources alone, with their columns: what they are does not hang on the views that read them.
    struct Sources {
        let plans: [SourcePlan]
        let joinKeys: Set<String>
        fileprivate let catalogue: Catalogue

        /// Those of types that features can have, but for the source's own times.
        func columns(of source: SourcePlan) -> [ColumnReference] {
            guard case .columns(let columns) = catalogue.sources[source.name] else { return [] }
            let times = [source.eventTimestamp.name, source.createdTimestamp?.name]
            return columns.filter { !times.contains($0.name) }
                .compactMap { column in column.storage.map { ColumnReference(name: column.name, storage: $0) } }
        }
    }

    func sources(against connection: PostgresConnection) async throws -> Sources {
        let parsed = parseProject(try files.read(), project: configuration.project)
        let catalogue = try await CatalogueReader(connection: connection).read(parsed.sources)
        return Sources(
            plans: try compileSources(parsed, catalogue: catalogue), joinKeys: parsed.joinKeyNames, catalogue: catalogue)
    }

    private var files: DefinitionFiles {
        DefinitionFiles(folder: configuration.root.appending(path: configuration.features), root: configuration.root)
    }
}
