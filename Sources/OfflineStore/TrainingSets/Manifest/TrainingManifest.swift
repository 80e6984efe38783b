import Crypto
package import FeatureDefs
import Foundation

/// What a training set is and what it was made from: beside a file as `OUT.manifest.json`, for a table as its comment.
///
/// It holds all that `asof reproduce` needs, the definitions too.
package struct TrainingManifest: Codable, Hashable, Sendable {
    package struct Feature: Codable, Hashable, Sendable {
        package let column: String
        package let feature: FeatureReference
        package let type: FeatureType
    }

    package struct Spine: Codable, Hashable, Sendable {
        /// As the user wrote it.
        package let source: String
        /// Where its file was, from the root; nil for what Postgres read, and in older manifests.
        package let file: String?
        package let timestampColumn: String
        package let joinKeys: [String]
        /// How many of the training set's columns are the spine's.
        package let columns: Int
        package let sha256: String
    }

    /// The manifest's own format.
    package let format: Int
    package let asof: String
    /// What was asked for: a hash over the views' fingerprints, the features and their names, the spine's content, the
    /// knowledge mode, the as-of instant and the engine's version.
    package let datasetID: String
    /// What came: a hash over the columns. Equal content is equal whatever the format.
    package let contentSHA256: String
    package let project: String
    package let service: String
    package let planFingerprint: String
    /// By view name.
    package let viewFingerprints: [String: String]
    package let spine: Spine
    package let knowledge: KnowledgeMode
    /// Source rows that became available later were invisible; nil for no such limit.
    package let asOf: String?
    package let strategy: JoinStrategy
    package let output: String
    package let createdAt: String
    package let rows: Int
    package let features: [Feature]
    package let usesFullFeatureNames: Bool
    package let columns: [ColumnContent]
    /// What there was to see of each source.
    package let sources: [SourceMark]
    /// nil where it was left out.
    package let leakCheck: LeakCheckReport?
    /// SHA-256 of the file's bytes; absent for a table.
    package let fileSHA256: String?
    package let fileBytes: Int?
    package let sql: String
    /// The service and what it takes, so that it can be made again whatever the files say by then.
    package let plan: Plan

    package static let currentFormat = 2

    package init(
        origin: TrainingOrigin,
        request: TrainingRequest,
        schema: TrainingSchema,
        strategy: JoinStrategy,
        outcome: JoinOutcome,
        columns: [ColumnContent],
        sources: [SourceMark],
        leakCheck: LeakCheckReport?,
        written: WrittenOutput,
        output: TrainingOutput,
        createdAt: Timestamp
    ) {
        format = Self.currentFormat
        asof = origin.engineVersion
        project = origin.plan.project
        service = origin.service
        planFingerprint = origin.planFingerprint
        viewFingerprints = Dictionary(
            uniqueKeysWithValues: request.selection.distinctViews.map { ($0.name, $0.fingerprint) }
        )
        let spineColumns = columns.prefix(schema.spineColumnCount)
        spine = Spine(
            source: request.spine.description,
            file: request.spine.path.map { URL(filePath: $0).absoluteURL.standardizedFileURL.path },
            timestampColumn: request.timestampColumn,
            joinKeys: request.selection.joinKeys.map(\.name),
            columns: spineColumns.count,
            sha256: spineColumns.sha256
        )
        knowledge = request.knowledge
        asOf = request.asOf?.description
        self.strategy = strategy
        self.output = output.description
        self.createdAt = createdAt.description
        rows = outcome.rows
        features = zip(schema.columns.dropFirst(spineColumns.count), zip(request.selection.features, request.selection.types))
            .map { Feature(column: $0.name, feature: $1.0.reference, type: $1.1) }
        usesFullFeatureNames = request.usesFullFeatureNames
        self.columns = columns
        self.sources = sources
        self.leakCheck = leakCheck
        contentSHA256 = columns.sha256
        fileSHA256 = written.fileSHA256
        fileBytes = written.bytes
        sql = outcome.sql
        plan = origin.plan.closure(of: request.selection, service: origin.service)
        let onDemand = plan.onDemandViews.map { "\($0.name) \($0.fingerprint)" }
        datasetID = Self.hash(
            [asof, knowledge.rawValue, asOf ?? "", spine.timestampColumn, spine.sha256]
                + viewFingerprints.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" } + onDemand
                + features.map { "\($0.column) \($0.feature)" }
        )
    }

    private static func hash(_ lines: [String]) -> String {
        SHA256.hash(data: Array(("asof dataset 1\n" + lines.joined(separator: "\n")).utf8)).hexadecimal
    }

    /// `OUT.manifest.json`
    package static func path(beside output: String) -> String { output + ".manifest.json" }

    /// The spine's columns that say which row is which.
    package var identityColumns: [String] { spine.joinKeys + [spine.timestampColumn] }

    /// Sorted keys, so that equal manifests are equal text.
    package func json() throws -> String {
        try CanonicalJSON.text(of: self, isIndented: true) + "\n"
    }
}

extension Plan {
    /// The plan reduced to one service and the views that it reads.
    func closure(of selection: FeatureSelection, service: String) -> Plan {
        let views = selection.distinctViews
        let onDemand = Set(selection.onDemandFeatures.map(\.reference.view))
        return Plan(
            project: project,
            entities: entities.filter { entity in views.contains { $0.entities.contains(entity.name) } },
            featureViews: featureViews.filter { view in views.contains { $0.name == view.name } },
            onDemandViews: onDemandViews.filter { onDemand.contains($0.name) },
            services: services.filter { $0.name == service }
        )
    }
}
