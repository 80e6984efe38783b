package import FeatureDefs
import PostgresClient

/// Feature views that cannot be computed as they were applied, since the database has changed.
package struct DatabaseUnfit: Error, Hashable, Sendable, CustomStringConvertible {
    package let view: String
    package let misfits: [PlanMisfit]

    package var description: String {
        "the database no longer fits `\(view)` as it was applied: \(misfits.map(\.description).joined(separator: "; ")). "
            + "Undo that, or mend the definitions and `asof apply` them"
    }
}

extension CatalogueReader {
    /// Throws `DatabaseUnfit` for the first view whose columns are not there as its plan knows them. Not within a transaction: one
    /// that cannot be read would end it.
    package func requireFit(of views: [FeatureViewPlan]) async throws {
        var unclear: [FeatureViewPlan] = []
        for view in views where !(try await isSoonKnown(toFit: view)) { unclear.append(view) }
        let catalogue = try await read(Array(Set(unclear.map { .init(name: $0.source.name, relation: $0.source.relation) })))
        for view in unclear {
            let misfits = view.misfits(in: catalogue)
            guard misfits.isEmpty else { throw DatabaseUnfit(view: view.name, misfits: misfits) }
        }
    }

    /// Whether a view fits by what one question tells. Whatever is in the way, the whole catalogue tells more of it.
    private func isSoonKnown(toFit view: FeatureViewPlan) async throws -> Bool {
        guard case .table = view.source.relation else { return false }
        let table = try view.source.relation.sql().text
        guard let columns = try? await connection.describe("SELECT * FROM \(table)") else { return false }
        let storages = columns.compactMap { column in ColumnStorage(column.type).map { (column.name, $0) } }
        return view.isServed(by: Dictionary(storages) { first, _ in first })
    }
}
