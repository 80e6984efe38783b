import FeatureDefs
import Foundation
import PostgresClient

/// Finds views that read a table which the spine reads too.
struct LabelSourceCheck: Sendable {
    let connection: PostgresConnection
    let request: TrainingRequest

    func findings(label: String?) async throws -> [LeakFinding] {
        guard let spine = try request.spine.relationSQL() else { return [] }
        let tables = try await relations(of: spine)
        var findings: [LeakFinding] = []
        for view in request.selection.distinctViews {
            let read: SQLFragment = "SELECT * FROM \(try view.source.relation.sql()) AS source"
            guard let shared = try await relations(of: read).intersection(tables).min() else { continue }
            let readers = view.features.filter { feature in
                feature.computation.inputs.contains { $0.name == label }
            }
            let own = readers.isEmpty ? "" : "; \(readers.map { "`\($0.name)`" }.joined(separator: ", ")) reads `\(label ?? "")`"
            findings.append(
                LeakFinding(
                    kind: .labelSource,
                    subject: view.name,
                    description: "view `\(view.name)` reads table `\(shared)`, where the spine's rows come from\(own): "
                        + "a row may see its own outcome"
                )
            )
        }
        return findings
    }

    /// The tables that a query reads, views looked through, as Postgres plans it.
    private func relations(of query: SQLFragment) async throws -> Set<String> {
        let json = try await connection.execute("EXPLAIN (VERBOSE, FORMAT JSON) \(query.text)").firstCell ?? "[]"
        return Self.relations(in: try JSONSerialization.jsonObject(with: Data(json.utf8)))
    }

    private static func relations(in node: Any) -> Set<String> {
        if let list = node as? [Any] { return list.reduce(into: []) { $0.formUnion(relations(in: $1)) } }
        guard let fields = node as? [String: Any] else { return [] }
        var found = Set<String>()
        if let name = fields["Relation Name"] as? String {
            let schema = fields["Schema"] as? String ?? "public"
            found.insert(schema == "public" ? name : "\(schema).\(name)")
        }
        for value in fields.values { found.formUnion(relations(in: value)) }
        return found
    }
}

extension SpineSource {
    /// What reads the spine in Postgres; nil for a file.
    func relationSQL() throws(PostgresError) -> SQLFragment? {
        switch self {
        case .csv, .parquet: nil
        case .table(let parts): "SELECT * FROM \(try SourcePlan.Relation.table(parts).sql())"
        case .query(let sql): SQLFragment(sourceQuery: sql)
        }
    }
}
