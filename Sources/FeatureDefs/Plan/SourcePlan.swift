/// Where a feature view's rows come from, with its columns as the database's catalogue has them.
package struct SourcePlan: Hashable, Sendable, Codable {
    package enum Relation: Hashable, Sendable, Codable {
        /// As written: `transactions` or `raw.transactions`, split at the dot.
        case table([String])
        case query(String)
    }

    package let name: String
    package let relation: Relation
    package let eventTimestamp: ColumnReference
    package let createdTimestamp: ColumnReference?
    /// Added to the event timestamp where there is no created timestamp.
    package let delay: Period

    package init(
        name: String,
        relation: Relation,
        eventTimestamp: ColumnReference,
        createdTimestamp: ColumnReference?,
        delay: Period
    ) {
        self.name = name
        self.relation = relation
        self.eventTimestamp = eventTimestamp
        self.createdTimestamp = createdTimestamp
        self.delay = delay
    }
}
