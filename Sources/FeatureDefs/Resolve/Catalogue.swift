/// What the database says about the project's sources, by source name. The caller looks it up; `compile` only reads it.
package struct Catalogue: Hashable, Sendable {
    package var sources: [String: SourceSchema]

    package init(sources: [String: SourceSchema] = [:]) {
        self.sources = sources
    }
}

/// What became of looking up a source.
package enum SourceSchema: Hashable, Sendable {
    /// In the order of the table or query.
    case columns([CatalogueColumn])
    /// The table is not there, or cannot be read.
    case missing(reason: String, didYouMean: [String])
    /// Postgres refused the query. `position` counts characters of the query from 1, as Postgres does.
    case invalidQuery(message: String, position: Int?)
}

/// A column of a source.
package struct CatalogueColumn: Hashable, Sendable {
    package let name: String
    /// nil when features cannot have the column's type.
    package let storage: ColumnStorage?
    /// As Postgres spells it: `interval`, `double precision`.
    package let databaseType: String

    package init(name: String, storage: ColumnStorage?, databaseType: String) {
        self.name = name
        self.storage = storage
        self.databaseType = databaseType
    }
}
