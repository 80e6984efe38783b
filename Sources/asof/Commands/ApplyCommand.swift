import ArgumentParser
import FeatureDefs
import Foundation
import Materializer
import OfflineStore

/// `asof apply`: checks the definitions and records the plan.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Check the definitions against the database and record the plan in the registry.",
        discussion: """
            The registry is schema `asof` of the offline store. It is append-only: who applied what, when, from which commit and why.
            Of two applies at once one wins, and the other says so. `asof plan` shows beforehand what will change.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "Why, for the record.")
    var reason: String?

    @Option(name: .long, help: "What `asof plan` printed: refuse if registry or definitions have moved since.")
    var plan: String?

    private struct Result: Encodable {
        let project: String
        let fingerprint: String
        let isNew: Bool
        let featureViews: [String: String]
        let services: [String]
    }

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let registry = Registry(connection: connection, project: configuration.project)
        let token = try token()
        let base = if let token { token.base } else { try await registry.latestApplyID() }
        let plan = try await DefinitionCompiler(configuration).compile(against: connection)
        if let token, !plan.fingerprint.hasPrefix(token.fingerprintPrefix) {
            throw CommandFailure.usage(
                "the definitions are not those that were planned (\(token.fingerprintPrefix)) but \(plan.fingerprint.prefix(12)); "
                    + "look at `asof plan` again")
        }
        let note = ApplyNote(
            appliedBy: NSUserName(), engineVersion: AsofVersion.current,
            codeRevision: await CodeRevision.current(of: configuration.root), reason: reason)
        let applied = try await registry.apply(plan, note: note, base: .apply(base))
        let uses = FeatureUses(plan)
        for view in plan.featureViews where !view.isServable {
            guard !uses.services(using: Set(view.references)).isEmpty else { continue }
            StandardError.line("asof: warning: \(MaterializationError.notServable(view))")
        }
        guard !options.json else {
            return try JSONOutput.print(
                Result(
                    project: plan.project,
                    fingerprint: plan.fingerprint,
                    isNew: applied != nil,
                    featureViews: Dictionary(uniqueKeysWithValues: plan.featureViews.map { ($0.name, $0.fingerprint) }),
                    services: plan.services.map(\.name)
                )
            )
        }
        print(Self.summary(of: plan))
        print(
            applied == nil
                ? "Nothing to change: plan \(plan.fingerprint.prefix(12)) is what is applied."
                : "Applied plan \(plan.fingerprint.prefix(12)) of project `\(plan.project)`."
        )
    }

    private func token() throws(CommandFailure) -> PlanToken? {
        guard let plan else { return nil }
        guard let token = PlanToken(plan) else {
            throw .usage("--plan takes what `asof plan` prints, such as 3-1f6a09c2b7de, not `\(plan)`")
        }
        return token
    }

    private static func summary(of plan: Plan) -> String {
        var lines: [String] = []
        for view in plan.featureViews {
            let schedule = view.schedule.map { ", every \($0.every), served \($0.lag) later" } ?? ""
            lines.append(
                "  view     \(view.name): \(count(view.features.count, "feature")) of \(view.entities.isEmpty ? "no entity" : view.entities.joined(separator: ", "))\(schedule)"
            )
        }
        for view in plan.onDemandViews {
            lines.append("  on demand \(view.name): \(count(view.features.count, "feature"))")
        }
        for service in plan.services {
            lines.append("  service  \(service.name): \(count(service.features.count, "feature"))")
        }
        return lines.joined(separator: "\n")
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
