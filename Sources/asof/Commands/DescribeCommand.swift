import ArgumentParser
import FeatureDefs

/// `asof describe NAME`: all there is to say of one definition.
struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Describe an entity, source, view or service: who owns it, how it is computed, who uses it."
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The name. All kinds of definition are searched.")
    var name: String

    func run() async throws {
        let whole = try await InventoryReader(try options.configuration()).read()
        let found = whole.only(name)
        guard found.names.contains(name) else {
            if whole.featureNames.contains(name) {
                let view = name.prefix { $0 != "." }
                throw CommandFailure.usage(
                    "`\(name)` is a feature: `asof describe \(view)` shows it with its view, `asof lineage \(name)` what it is made of"
                )
            }
            let help = Suggestion.help(for: name, among: whole.names, available: "there are") ?? "the project is empty"
            throw CommandFailure.usage("the project defines nothing named `\(name)`; \(help)")
        }
        guard !options.json else { return try JSONOutput.print(found) }
        print(InventoryText.description(of: found))
    }
}
