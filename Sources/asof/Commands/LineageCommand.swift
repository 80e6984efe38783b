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
        let lineage = try plan.lineage(of: try reference(in: plan))
        if options.json {
            try JSONOutput.print(lineage)
        } else {
            print(dot ? lineage.dot : lineage.text)
        }
    }

    private func reference(in plan: Plan) throws(CommandFailure) -> FeatureReference {
        let known = plan.featureViews.flatMap(\.references) + plan.onDemandReferences
        if let reference = known.first(where: { $0.description == feature }) { return reference }
        let ofView = known.filter { $0.view == feature }.map(\.description)
        guard ofView.isEmpty else {
            throw .usage("`\(feature)` is a view; name one of its features: \(ofView.joined(separator: ", "))")
        }
        let sameName = known.filter { $0.feature == feature }.map(\.description)
        let help = Suggestion.help(
            for: feature, among: sameName.isEmpty ? known.map(\.description) : sameName, available: "there are")
        throw .usage("the project has no feature `\(feature)`; name one as VIEW.FEATURE; \(help ?? "there are none")")
    }
}
