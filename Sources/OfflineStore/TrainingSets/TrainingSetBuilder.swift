package import FeatureDefs
import Foundation
package import PostgresClient

/// What a training set is made from.
package struct TrainingRequest: Sendable {
    package let selection: FeatureSelection
    package let spine: SpineSource
    package let timestampColumn: String
    package let knowledge: KnowledgeMode
    package let usesFullFeatureNames: Bool

    package init(
        selection: FeatureSelection,
        spine: SpineSource,
        timestampColumn: String,
        knowledge: KnowledgeMode,
        usesFullFeatureNames: Bool
    ) {
        self.selection = selection
        self.spine = spine
        self.timestampColumn = timestampColumn
        self.knowledge = knowledge
        self.usesFullFeatureNames = usesFullFeatureNames
    }
}

/// A training set that has been written.
package struct TrainingResult: Sendable {
    package let rows: Int
    /// The spine's columns, then the features'.
    package let columnNames: [String]
    package let sql: String
    /// Indexes that would have made it faster.
    package let missingIndexes: [MissingIndex]
    /// SHA-256 of the CSV file's bytes, in hexadecimal; nil for a table.
    package let contentHash: String?
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
    package func build(_ request: TrainingRequest, to output: TrainingOutput) async throws -> TrainingResult {
        let missingIndexes = try await IndexAdvisor(connection: connection).missingIndexes(for: request.selection.featureViews)
        do {
            return try await connection.transaction(isolation: .repeatableRead) {
                try await buildFromSnapshot(request, to: output, missingIndexes: missingIndexes)
            }
        } catch let error as PostgresError where error.isDataException {
            throw TrainingError.computationFailed(reason: error.message)
        }
    }

    private func buildFromSnapshot(
        _ request: TrainingRequest,
        to output: TrainingOutput,
        missingIndexes: [MissingIndex]
    ) async throws -> TrainingResult {
        try await PlannerSettings.apply(on: connection)
        let (spine, rows) = try await stage(request)
        let columns = try TrainingColumns(
            features: request.selection.features,
            fullNames: request.usesFullFeatureNames,
            spineColumns: spine.columns.map(\.name)
        )
        let sql = try query(for: request, spine: spine, columns: columns, asText: output.isText)
        let names = spine.columns.map(\.name) + columns.featureNames
        let hash = try await write(sql, columnNames: names, to: output, rows: rows)
        return TrainingResult(
            rows: rows,
            columnNames: names,
            sql: sql.text,
            missingIndexes: missingIndexes,
            contentHash: hash
        )
    }

    private func stage(_ request: TrainingRequest) async throws -> (SpineTable, Int) {
        let stager = SpineStager(
            source: request.spine,
            timestampColumn: request.timestampColumn,
            selection: request.selection,
            observer: observer
        )
        let (table, rows) = try await stager.stage(on: connection)
        try await connection.execute(SpineStager.analyze)
        return (table, rows)
    }

    private func query(
        for request: TrainingRequest,
        spine: SpineTable,
        columns: TrainingColumns,
        asText: Bool
    ) throws -> SQLFragment {
        let join = SpineJoinSQL(selection: request.selection, spine: spine, knowledge: request.knowledge)
        return try join.query { (features) throws(PostgresError) in
            try resultColumns(
                of: request, spine: spine, names: columns.featureNames, features: features, join: join, asText: asText)
        }
    }

    /// The spine's columns as they came, then the features under their names.
    private func resultColumns(
        of request: TrainingRequest,
        spine: SpineTable,
        names: [String],
        features: [SQLExpression],
        join: SpineJoinSQL,
        asText: Bool
    ) throws(PostgresError) -> [SpineJoinColumn] {
        var list: [SpineJoinColumn] = []
        for column in spine.columns {
            let value = SQLExpression(try join.spineColumn(column.name), .primary)
            list.append(.init(sql: value.column(isBool: column.databaseType == "boolean", asText: asText), name: column.name))
        }
        for (index, value) in features.enumerated() {
            let isBool = request.selection.types[index] == .bool
            list.append(.init(sql: value.column(isBool: isBool, asText: asText), name: names[index]))
        }
        return list
    }

    private func write(
        _ query: SQLFragment,
        columnNames: [String],
        to output: TrainingOutput,
        rows: Int
    ) async throws -> String? {
        switch output {
        case .csv(let path):
            let progress = ProgressReport(stage: "joining and writing \(rows) rows", observer: observer)
            return try await CSVTrainingFile(path: path, columnNames: columnNames)
                .write(query, from: connection, progress: progress)
        case .table(let parts):
            try await createTable(parts, from: query)
            return nil
        }
    }
}

extension TrainingSetBuilder {
    private func createTable(_ parts: [String], from query: SQLFragment) async throws {
        let creation = "CREATE TABLE \(try SourcePlan.Relation.table(parts).sql().text) AS\n\(query.text)"
        do {
            try await connection.execute(creation)
        } catch {
            guard error.sqlState == .duplicateTable else { throw error }
            throw TrainingError.tableExists(parts.joined(separator: "."))
        }
    }
}

/// Settings of the transaction that joins: measured, not believed (see Benchmarks).
enum PlannerSettings {
    /// JIT compiles thousands of short-lived expressions for nothing; the sorts and hashes of a spine want memory.
    static func apply(on connection: PostgresConnection) async throws(PostgresError) {
        try await connection.executeScript("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
    }
}

extension TrainingOutput {
    fileprivate var isText: Bool {
        switch self {
        case .csv: true
        case .table: false
        }
    }
}

extension SQLExpression {
    /// The expression as a result column. In text a bool is `true`, which everyone reads, not Postgres' `t`.
    fileprivate func column(isBool: Bool, asText: Bool) -> SQLFragment {
        isBool && asText ? "\(operand(atLeast: .cast))::text" : fragment
    }
}
