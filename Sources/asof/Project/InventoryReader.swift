import FeatureDefs
import OfflineStore

/// Compiles the definitions and adds what the registry knows of their freshness.
struct InventoryReader: Sendable {
    private let configuration: ProjectConfiguration

    init(_ configuration: ProjectConfiguration) {
        self.configuration = configuration
    }

    func read() async throws -> Inventory {
        let connection = try await ProjectStores(configuration).connectOffline()
        let plan = try await DefinitionCompiler(configuration).compile(against: connection)
        let latest = try await MaterializationLog(connection: connection, project: configuration.project).latest()
        let layouts = latest.isEmpty ? [:] : try await Registry(connection: connection, project: plan.project).layouts(of: plan)
        let now = Timestamp.now
        var freshness: [String: InventoryFreshness] = [:]
        for view in plan.featureViews {
            guard let run = latest[view.name] else { continue }
            freshness[view.name] = InventoryFreshness(
                cut: run.cut,
                finishedAt: run.finishedAt,
                isOfThisDefinition: run.layout != nil && run.layout == layouts[view.name]?.layout,
                schedule: view.schedule,
                now: now
            )
        }
        return plan.inventory(freshness: freshness)
    }
}
