import ArgumentParser
import FeatureDefs
import OfflineStore

/// `asof compile`: what the definitions become.
struct CompileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Print the SQL that computes a service's features for a spine, or the plan.",
        discussion: "The SQL joins a temporary table `asof_spine`, which `asof train` fills with the spine."
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "The feature service. Default: every one.")
    var service: String?

    @Option(name: .long, help: "as_served, as_known or clean.")
    var knowledge = KnowledgeMode.asServed

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let plan = try await DefinitionCompiler(configuration).compile(against: connection)
        guard !options.json else { return try JSONOutput.print(plan) }
        for name in service.map({ [$0] }) ?? plan.services.map(\.name) {
            print("-- service \(name), plan \(plan.fingerprint.prefix(12))")
            print(try TrainingSQL(selection: try plan.selection(ofServiceNamed: name), knowledge: knowledge).text() + ";\n")
        }
    }
}
