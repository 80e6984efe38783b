import ArgumentParser
import FeatureDefs

/// `asof list`: what the project has.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List entities, sources, views and services, with owners and freshness.",
        discussion:
            """
            Of the definition files. Freshness is the cut of a view's last materialization, late when the next one was due already. \
            `asof describe NAME` says more.
            """
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let inventory = try await InventoryReader(try options.configuration()).read()
        guard !options.json else { return try JSONOutput.print(inventory) }
        print(InventoryText.list(inventory))
    }
}
