import ArgumentParser
import FeatureDefs
import Foundation
import OfflineStore
import OnlineStore

/// `asof export`: the plan for services that look features up by themselves.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the applied plan for services that embed the online store.",
        discussion: """
            JSON: the definitions applied last, and where their rows are in Redis. A Swift service gives it to `OnlineFeatures` (product
            OnlineStore of this package) and needs neither Postgres nor the server. Export anew after `asof apply`.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: [.customShort("o"), .long], help: "The file to write; without it, standard output.")
    var out: String?

    func run() async throws {
        let configuration = try options.configuration()
        let offline = try await ProjectStores(configuration).connectOffline()
        let applied = try await Registry(connection: offline, project: configuration.project).latestPlan()
        let text = try CanonicalJSON.text(of: ServingPlan(plan: applied.plan, layouts: applied.layouts))
        guard let out else { return print(text) }
        do {
            try Data((text + "\n").utf8).write(to: URL(filePath: out), options: .atomic)
        } catch {
            throw CommandFailure.usage("cannot write \(out): \(error.systemReason)")
        }
    }
}
