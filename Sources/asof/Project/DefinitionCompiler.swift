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

    private var files: DefinitionFiles {
        DefinitionFiles(folder: configuration.root.appending(path: configuration.features), root: configuration.root)
    }
}
