/// The numbers under which a feature view's rows stand in the online store, given out by the registry.
package struct ViewLayoutIDs: Hashable, Sendable, Codable {
    /// Names the view's field in its entity's hash. Kept for the life of the view's name.
    package let field: UInt32
    /// Names the meaning of the row's cells: one for each fingerprint of the view, growing, so that a row written under
    /// another definition is never misread.
    package let layout: UInt32

    package init(field: UInt32, layout: UInt32) {
        self.field = field
        self.layout = layout
    }
}
