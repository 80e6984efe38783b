import ArgumentParser
import FeatureDefs
import OfflineStore

/// `asof compile`: what the definitions become.
struct CompileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Print the SQL that computes features for a spine, or with --json the plan.",
        discussion: "The SQL joins a temporary table `asof_spine`, which `asof train` fills with the spine."
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "A feature view, on its own.")
    var view: String?

    @Option(name: .long, help: "A feature service. Default: every one.")
    var service: String?

    @Option(name: .long, help: "as_served, as_known or clean.")
    var knowledge = KnowledgeMode.asServed

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let plan = try await DefinitionCompiler(configuration).compile(against: connection)
        guard !options.json else { return try JSONOutput.print(plan) }
        if let view { try show(view, of: plan) }
        guard view == nil || service != nil else { return }
        for name in service.map({ [$0] }) ?? plan.services.map(\.name) {
            let selection = try plan.selection(ofServiceNamed: name)
            try show(selection, as: "service \(name)", of: plan)
        }
    }

    private func show(_ view: String, of plan: Plan) throws {
        let references = plan.featureView(named: view)?.references ?? plan.onDemandView(named: view)?.references
        guard let references else {
            let known = plan.featureViews.map(\.name) + plan.onDemandViews.map(\.name)
            let help = Suggestion.help(for: view, among: known, available: "there are") ?? "the project defines none"
            throw CommandFailure.usage("no view `\(view)`; \(help)")
        }
        try show(try plan.selection(of: references), as: "view \(view)", of: plan)
    }

    private func show(_ selection: FeatureSelection, as title: String, of plan: Plan) throws {
        let text = try TrainingSQL(selection: selection, knowledge: knowledge).text()
        print("-- \(title), plan \(plan.fingerprint.prefix(12))\n\(text);\n")
    }
}
