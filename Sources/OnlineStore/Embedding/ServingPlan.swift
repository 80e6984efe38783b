package import FeatureDefs

/// What a service that looks features up by itself must know: the applied definitions, and where their rows are in Redis. `asof export`
/// writes it as JSON; the service needs no Postgres.
package struct ServingPlan: Hashable, Sendable, Codable {
    package let plan: Plan
    /// Of every feature view, by name.
    package let layouts: [String: ViewLayoutIDs]

    package init(plan: Plan, layouts: [String: ViewLayoutIDs]) {
        self.plan = plan
        self.layouts = layouts
    }
}
