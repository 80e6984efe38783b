import ArgumentParser
import FeatureDefs
import OfflineStore
import PostgresClient

/// `asof plan`: what `asof apply` would change, by meaning.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what `asof apply` would change: features, services, and what must be rewritten online.",
        discussion: """
            Compares the definition files with the plan that was applied last, by meaning: renaming a file, reordering keys and
            editing descriptions are no changes. Exit code 0 when there is nothing to change, 2 when there is.

            --sample computes what changes both ways, the applied and the new definition, at the keys and event times of N rows of each
            view's source, and prints how many values differ and how far the numbers' distribution moves (PSI over deciles of the applied
            one's; as a rule of thumb little below 0.1, much above 0.25). It reads the source once for each changed view.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "Compute applied and new definitions on so many rows of real data and compare.")
    var sample: Int?

    private struct Result: Encodable {
        let project: String
        /// For `asof apply --plan`.
        let token: String
        let appliedFingerprint: String?
        let fingerprint: String
        let difference: PlanDifference
        let rewrites: [RewriteEstimate]
        /// With --sample.
        let sample: [SampledView]?
    }

    func validate() throws {
        if let sample, !(1...1_000_000).contains(sample) {
            throw ValidationError("--sample takes a number of rows from 1 to 1000000")
        }
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
        let sampled = try await sampled(plan, since: applied?.plan, on: connection)
        if options.json {
            try JSONOutput.print(
                Result(
                    project: plan.project,
                    token: token.description,
                    appliedFingerprint: applied?.fingerprint,
                    fingerprint: plan.fingerprint,
                    difference: difference,
                    rewrites: rewrites,
                    sample: sampled
                )
            )
        } else {
            print(PlanText(difference: difference, rewrites: rewrites, applied: applied, token: token).text)
            if let sampled { print("\n" + PlanSampleText(views: sampled).text) }
        }
        if !difference.isEmpty { throw CommandFailure.changesPlanned }
    }

    /// nil without --sample.
    private func sampled(
        _ plan: Plan, since applied: Plan?, on connection: PostgresConnection
    ) async throws -> [SampledView]? {
        guard let sample else { return nil }
        let sampler = DefinitionSampler(connection: connection)
        let progress = ProgressLine()
        defer { progress.finish() }
        var views: [SampledView] = []
        for change in applied.map({ plan.viewsChanged(since: $0) }) ?? [] {
            progress.update(stage: "sampling \(change.new.name)", rows: 0)
            views.append(
                SampledView(
                    change,
                    try await sampler.compare(change.old, with: change.new, features: change.features, rows: sample)))
        }
        return views
    }
}

extension CommandFailure {
    /// There are changes, and the report has shown them.
    fileprivate static let changesPlanned = Self(kind: .usage, message: "")
}
