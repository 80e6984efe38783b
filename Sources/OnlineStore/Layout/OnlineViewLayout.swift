package import FeatureDefs

/// A feature view as Redis has it: which hash, which field, which cells.
package struct OnlineViewLayout: Hashable, Sendable {
    package let view: FeatureViewPlan
    /// The name of the view's field in the hash of an entity: the registry's id in base 36.
    package let field: String
    package let rowLayout: PackedRowLayout
    package let keyEncoder: EntityKeyEncoder

    package init(project: String, view: FeatureViewPlan, ids: ViewLayoutIDs) {
        self.view = view
        field = String(ids.field, radix: 36)
        rowLayout = PackedRowLayout(id: ids.layout, cellTypes: view.storedCells.map(\.type))
        keyEncoder = EntityKeyEncoder(project: project, joinKeys: view.joinKeys)
    }
}
