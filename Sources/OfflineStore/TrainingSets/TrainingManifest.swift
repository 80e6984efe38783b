package import FeatureDefs
import Foundation

/// What a training set is, beside it as `OUT.manifest.json` (for a table: as its comment).
package struct TrainingManifest: Codable, Hashable, Sendable {
    package struct Feature: Codable, Hashable, Sendable {
        package let column: String
        package let feature: FeatureReference
        package let type: FeatureType
    }

    package let asof: String
    package let project: String
    package let service: String
    package let planFingerprint: String
    /// By view name.
    package let viewFingerprints: [String: String]
    package let spine: String
    package let timestampColumn: String
    package let knowledge: KnowledgeMode
    package let createdAt: String
    package let rows: Int
    package let features: [Feature]
    /// SHA-256 of the CSV file's bytes; absent for a table.
    package let contentSHA256: String?
    package let sql: String

    package init(
        engineVersion: String,
        plan: Plan,
        service: String,
        request: TrainingRequest,
        result: TrainingResult,
        createdAt: Timestamp
    ) {
        asof = engineVersion
        project = plan.project
        self.service = service
        planFingerprint = plan.fingerprint
        viewFingerprints = Dictionary(
            uniqueKeysWithValues: request.selection.featureViews.map { ($0.name, $0.fingerprint) }
        )
        spine = request.spine.description
        timestampColumn = request.timestampColumn
        knowledge = request.knowledge
        self.createdAt = createdAt.description
        rows = result.rows
        let columns = result.columnNames.suffix(request.selection.features.count)
        features = zip(columns, zip(request.selection.features, request.selection.types)).map { column, feature in
            Feature(column: column, feature: feature.0, type: feature.1)
        }
        contentSHA256 = result.contentHash
        sql = result.sql
    }

    /// Sorted keys, so that equal manifests are equal text.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// Writes `OUT.manifest.json`, whole or not at all.
    package func write(beside path: String) throws(TrainingError) {
        let file = path + ".manifest.json"
        do {
            try Data(try json().utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw .cannotWrite(path: file, reason: error.localizedDescription)
        }
    }
}
