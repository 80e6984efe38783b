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
        let catalogue = try await read(Array(Set(views.map { .init(name: $0.source.name, relation: $0.source.relation) })))
        for view in views {
            let misfits = view.misfits(in: catalogue)
            guard misfits.isEmpty else { throw DatabaseUnfit(view: view.name, misfits: misfits) }
        }
    }
}
