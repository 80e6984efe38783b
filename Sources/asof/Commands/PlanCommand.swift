import ArgumentParser
import FeatureDefs
import OfflineStore

/// `asof plan`: what `asof apply` would change, by meaning.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what `asof apply` would change: features, services, and what must be rewritten online.",
        discussion: """
            Compares the definition files with the plan that was applied last, by meaning: renaming a file, reordering keys and
            editing descriptions are no changes. Exit code 0 when there is nothing to change, 2 when there is.
            """
    )

    @OptionGroup var options: GlobalOptions

    private struct Result: Encodable {
        let project: String
        /// For `asof apply --plan`.
        let token: String
        let appliedFingerprint: String?
        let fingerprint: String
        let difference: PlanDifference
        let rewrites: [RewriteEstimate]
    }

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let registry = Registry(connection: connection, project: configuration.project)
        let base = try await registry.latestApplyID()
        let applied = base == 0 ? nil : try await registry.latestPlan()
        let plan = try await DefinitionCompiler(configuration).compile(against: connection)
        let difference = PlanDifference(from: applied?.plan, to: plan)
        let rewrites = try await RewriteEstimator(connection: connection, project: configuration.project)
            .estimate(plan.featureViews.filter { difference.viewsToRewrite.contains($0.name) })
        let token = PlanToken(base: base, plan: plan)
        if options.json {
            try JSONOutput.print(
                Result(
                    project: plan.project,
                    token: token.description,
                    appliedFingerprint: applied?.fingerprint,
                    fingerprint: plan.fingerprint,
                    difference: difference,
                    rewrites: rewrites
                )
            )
        } else {
            print(PlanText(difference: difference, rewrites: rewrites, applied: applied, token: token).text)
        }
        if !difference.isEmpty { throw CommandFailure.changesPlanned }
    }
}

extension CommandFailure {
    /// There are changes, and the report has shown them.
    fileprivate static let changesPlanned = Self(kind: .usage, message: "")
}
