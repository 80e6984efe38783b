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
        let parsed = parseProject(try files(), project: configuration.project)
        let catalogue = try await CatalogueReader(connection: connection).read(parsed.sources)
        return try FeatureDefs.compile(parsed, catalogue: catalogue) { $0.constantError?.description }
    }

    private func files() throws(CommandFailure) -> [SourceFile] {
        let folder = configuration.root.appending(path: configuration.features)
        guard let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey]) else {
            throw .usage("cannot read the definitions' folder \(folder.path)")
        }
        var files: [SourceFile] = []
        for case let url as URL in walker where ["yaml", "yml"].contains(url.pathExtension) {
            guard let data = FileManager.default.contents(atPath: url.path) else {
                throw .usage("cannot read \(url.path)")
            }
            files.append(SourceFile(path: shownPath(of: url), bytes: Array(data)))
        }
        guard !files.isEmpty else {
            throw .usage("no *.yaml under \(folder.path); `features:` in asof.yaml names the folder of definitions")
        }
        return files
    }

    /// Relative to the project, as the user knows it.
    private func shownPath(of url: URL) -> String {
        let root = configuration.root.path.hasSuffix("/") ? configuration.root.path : configuration.root.path + "/"
        let path = url.standardizedFileURL.path
        return path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
    }
}
