/// The numbers under which a feature view's rows stand in the online store, given out by the registry.
package struct ViewLayoutIDs: Hashable, Sendable, Codable {
    /// A layout of the view that it does not write now, and whose rows may still be there, or there already.
    package struct Other: Hashable, Sendable, Codable {
        package let layout: UInt32
        package let row: StoredRowMeaning

        package init(layout: UInt32, row: StoredRowMeaning) {
            self.layout = layout
            self.row = row
        }
    }

    /// Names the view's field in its entity's hash. Kept for the life of the view's name.
    package let field: UInt32
    /// Names the meaning of the row's cells (`StoredRowMeaning`): one for each, growing, so that a row written under another definition
    /// is never misread.
    package let layout: UInt32
    /// The newest first.
    package let others: [Other]

    package init(field: UInt32, layout: UInt32, others: [Other] = []) {
        self.field = field
        self.layout = layout
        self.others = others
    }
}

extension ViewLayoutIDs {
    private enum CodingKeys: String, CodingKey { case field, layout, others }

    /// Plans that an older asof exported have no others.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        field = try container.decode(UInt32.self, forKey: .field)
        layout = try container.decode(UInt32.self, forKey: .layout)
        others = try container.decodeIfPresent([Other].self, forKey: .others) ?? []
    }
}
