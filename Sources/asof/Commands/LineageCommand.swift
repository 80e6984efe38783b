import ArgumentParser
import FeatureDefs

/// `asof lineage VIEW.FEATURE`: from source columns to feature to services.
struct LineageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage",
        abstract: "Show what a feature is computed from, down to source columns, and what reads it, up to services.",
        discussion: "For a picture: asof lineage VIEW.FEATURE --dot | dot -Tsvg > lineage.svg"
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The feature, as VIEW.FEATURE.")
    var feature: String

    @Flag(name: .long, help: "Print the graph in Graphviz's language.")
    var dot = false

    func validate() throws {
        if dot, options.json { throw ValidationError("--dot and --json are two outputs; choose one") }
    }

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let plan = try await DefinitionCompiler(configuration).compile(against: connection)
        let lineage = try plan.lineage(of: try plan.reference(named: feature))
        if options.json {
            try JSONOutput.print(lineage)
        } else {
            print(dot ? lineage.dot : lineage.text)
        }
    }
}
