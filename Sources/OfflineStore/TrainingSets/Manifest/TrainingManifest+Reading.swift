import FeatureDefs
import Foundation
package import PostgresClient

/// Why a manifest cannot be used.
package enum ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case notAManifest(path: String)
    case otherFormat(path: String, engineVersion: String)
    case tableWithout(String)

    package var description: String {
        switch self {
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .notAManifest(let path):
            "\(path) is not a manifest of asof's; `asof train -o OUT` writes one as OUT.manifest.json"
        case .otherFormat(let path, let version):
            "\(path) is of a format that asof \(version) wrote and this asof cannot read; make the training set anew"
        case .tableWithout(let name):
            "table `\(name)` has no manifest; `asof train -o table:NAME` keeps it as the table's comment"
        }
    }
}

extension TrainingManifest {
    /// Reads `OUT.manifest.json`; given OUT itself, the one beside it.
    package static func read(path: String) throws(ManifestError) -> TrainingManifest {
        let beside = Self.path(beside: path)
        let isOutput = !path.hasSuffix(".manifest.json") && FileManager.default.fileExists(atPath: beside)
        let file = isOutput ? beside : path
        // Opening a pipe waits for who writes to it.
        if let obstacle = FilePlace.obstacleToReading(file) { throw .cannotRead(path: file, reason: obstacle) }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw .cannotRead(path: file, reason: error.systemReason)
        }
        return try decode(data, path: file)
    }

    /// The manifest beside a training set's file; nil where there is none that can be used.
    package static func found(beside output: String) -> TrainingManifest? {
        let path = path(beside: output)
        return FileManager.default.fileExists(atPath: path) ? try? read(path: path) : nil
    }

    /// Reads the comment of a table that `asof train -o table:NAME` made.
    package static func read(table parts: [String], on connection: PostgresConnection) async throws -> TrainingManifest {
        let name = parts.joined(separator: ".")
        let table = try SourcePlan.Relation.table(parts).sql()
        let comment = try await connection.execute(
            "SELECT obj_description(to_regclass($1), 'pg_class')", [.text(table.text)]
        ).firstCell
        guard let comment else { throw ManifestError.tableWithout(name) }
        return try decode(Data(comment.utf8), path: "the comment of table `\(name)`")
    }

    private static func decode(_ data: Data, path: String) throws(ManifestError) -> TrainingManifest {
        struct Head: Decodable {
            let format: Int?
            let asof: String
        }
        guard let head = try? JSONDecoder().decode(Head.self, from: data) else { throw .notAManifest(path: path) }
        guard head.format == currentFormat, let manifest = try? JSONDecoder().decode(TrainingManifest.self, from: data) else {
            throw .otherFormat(path: path, engineVersion: head.asof)
        }
        return manifest
    }
}
