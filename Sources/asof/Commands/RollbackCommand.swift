import ArgumentParser
import FeatureDefs
import Foundation
import OfflineStore

/// `asof rollback FINGERPRINT`: applies an old plan again.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Apply an old plan again, as a new record of the registry.",
        discussion: """
            Refuses when the database no longer has what the old plan reads. The definition files stay as they are: bring them
            back too, or the next `asof apply` undoes the rollback. Views that change must be materialized again.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The plan's fingerprint, or its start, as `asof history` shows it.")
    var fingerprint: String

    @Option(name: .long, help: "Why, for the record.")
    var reason: String?

    private struct Result: Encodable {
        let fingerprint: String
        let isNew: Bool
        let viewsToMaterialize: [String]
    }

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let registry = Registry(connection: connection, project: configuration.project)
        let before = try await registry.latestPlan()
        let record = try await registry.record(fingerprintPrefix: fingerprint)
        let note = ApplyNote(
            appliedBy: NSUserName(), engineVersion: AsofVersion.current, codeRevision: record.note.codeRevision, reason: reason)
        let applied = try await registry.rollBack(to: record, note: note, base: .apply(before.applyID))
        let views = applied.map { PlanDifference(from: before.plan, to: $0.plan).viewsToRewrite } ?? []
        guard !options.json else {
            return try JSONOutput.print(
                Result(fingerprint: record.fingerprint, isNew: applied != nil, viewsToMaterialize: views))
        }
        guard let applied else {
            return print("Nothing to change: plan \(record.fingerprint.prefix(12)) is what is applied.")
        }
        print("Applied plan \(applied.fingerprint.prefix(12)) of apply \(record.applyID) again, as apply \(applied.applyID).")
        if !views.isEmpty { print("To be materialized again: asof materialize \(views.joined(separator: " "))") }
    }
}
