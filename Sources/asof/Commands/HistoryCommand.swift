import ArgumentParser
import FeatureDefs
import OfflineStore

/// `asof history`: who applied what, when and why.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the plans that have been applied, or show one.",
        subcommands: [HistoryListCommand.self, HistoryShowCommand.self],
        defaultSubcommand: HistoryListCommand.self
    )
}

struct HistoryListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the applies, newest first.")

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "At most so many.")
    var limit = 50

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let records = try await Registry(connection: connection, project: configuration.project).history(limit: limit)
        guard !options.json else { return try JSONOutput.print(records.map { ApplyOutput($0, definitions: nil) }) }
        var table = TextTable(header: ["APPLY", "PLAN", "APPLIED AT", "BY", "REVISION", "REASON"])
        for record in records {
            let revision = record.note.codeRevision.map { $0.count > 12 ? ApplyOutput.short(revision: $0) : $0 } ?? ""
            table.add([
                "\(record.applyID)", String(record.fingerprint.prefix(12)), record.appliedAt.description, record.note.appliedBy,
                revision, ApplyOutput.reason(record.note),
            ])
        }
        print(table.text)
    }
}

struct HistoryShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one applied plan: its record and its definitions, in canonical form.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The plan's fingerprint, or its start.")
    var fingerprint: String

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let record = try await Registry(connection: connection, project: configuration.project)
            .record(fingerprintPrefix: fingerprint)
        guard !options.json else { return try JSONOutput.print(ApplyOutput(record, definitions: record.definitions)) }
        print(
            """
            plan      \(record.fingerprint)
            apply     \(record.applyID), at \(record.appliedAt) by \(record.note.appliedBy), with asof \(record.note.engineVersion)
            revision  \(record.note.codeRevision ?? "not recorded")
            reason    \(ApplyOutput.reason(record.note).isEmpty ? "none given" : ApplyOutput.reason(record.note))

            \(record.definitions)
            """
        )
    }
}
