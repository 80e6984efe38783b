package import FeatureDefs

/// A feature view as Redis has it: which hash, which field, which cells. A class: what packs and reads rows has it at hand, and copies nothing.
package final class OnlineViewLayout: Sendable {
    package let view: FeatureViewPlan
    /// The name of the view's field in the hash of an entity: the registry's id in base 36.
    package let field: String
    package let rowLayout: PackedRowLayout
    /// Rows that it does not write, and that may be there.
    let others: [OtherLayout]
    package let keyEncoder: EntityKeyEncoder
    /// For each of the key encoder's join keys, its place among the view's.
    private let keyOrder: [Int]

    package init(project: String, view: FeatureViewPlan, ids: ViewLayoutIDs) {
        self.view = view
        field = String(ids.field, radix: 36)
        let row = view.storedRow
        rowLayout = PackedRowLayout(id: ids.layout, of: row)
        let own = OtherLayout(layout: ids.layout, of: row, asSeenBy: row)
        let other = ids.others.map { OtherLayout(layout: $0.layout, of: $0.row, asSeenBy: row) }
        let formats = RowFormat.allCases.filter { $0 != .written }
        others = other + formats.flatMap { format in ([own] + other).map { $0.inFormat(format) } }
        keyEncoder = EntityKeyEncoder(project: project, joinKeys: view.joinKeys)
        keyOrder = keyEncoder.joinKeys.map { key in view.joinKeys.firstIndex(of: key) ?? 0 }
    }

    /// Appends the key of the entity's hash; `key` has the values of the view's `joinKeys`, in order. Returns false, and appends
    /// nothing, when one is NULL.
    func encode(key: [FeatureValue], into buffer: inout [UInt8]) throws(EntityKeyError) -> Bool {
        precondition(key.count == keyOrder.count, "a row's key has as many values as its view has join keys")
        return try keyEncoder.encode(into: &buffer) { key[keyOrder[$0]] }
    }
}
