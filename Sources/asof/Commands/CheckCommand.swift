import ArgumentParser
import FeatureDefs
import OfflineStore
import PostgresClient
import Profiler

/// `asof check`: whether the rows of the sources are what the definitions expect.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Hold the rows of the sources to what their definitions expect of them.",
        discussion: """
            A source's `expect:` says how fresh it is to be, which columns are unique, and of single columns the type, range, values and
            shares of NULL and NaN (docs/reference.md). Each source is read in one statement; the numbers are exact. --suggest proposes
            expectations from the rows there are, as YAML to paste. `asof materialize --gate`, or `gate: true` beside an expectation,
            keeps rows that break it out of Redis. `gate: true` also holds what is pushed.

            Exits with 0 when all is as expected, 1 when something is not, 3 when there was nothing to judge by, such as no row.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The sources to check. Default: every one that expects something.")
    var sources: [String] = []

    @Option(name: .long, help: "Check only the rows that became available from this instant on, such as 2024-03-01.")
    var since: Timestamp?

    @Flag(name: .long, help: "Propose expectations from the rows there are, with the evidence for each.")
    var suggest = false

    func validate() throws {
        if suggest, since != nil { throw ValidationError("--suggest looks at all rows; it does not go with --since") }
    }

    func run() async throws {
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let compiler = DefinitionCompiler(configuration)
        if suggest { return try await suggest(try await compiler.sources(against: connection), on: connection) }
        let plan = try await compiler.compile(against: connection)
        let checker = SourceChecker(connection: connection)
        var reports: [SourceCheckReport] = []
        let now = Timestamp.now
        for expectations in try chosen(plan.expectations, name: \.source.name, that: "expects anything (`expect:`)") {
            let keys = plan.featureViews.filter { $0.source.name == expectations.source.name }.flatMap(\.joinKeyColumns)
            reports.append(
                try await checker.check(expectations, since: since, now: now, identifying: keys.uniqued))
        }
        guard !reports.isEmpty else {
            throw CommandFailure.usage("no source expects anything; `asof check --suggest` proposes an `expect:` for each")
        }
        if options.json {
            try JSONOutput.print(reports)
        } else {
            print(reports.map { SourceCheckText($0).text }.joined(separator: "\n\n"))
        }
        if reports.contains(where: { $0.outcome == .fail }) { throw CommandFailure.checkFailed }
        if reports.contains(where: { $0.outcome == .inconclusive }) { throw CommandFailure.inconclusive }
    }

    private func suggest(_ project: DefinitionCompiler.Sources, on connection: PostgresConnection) async throws {
        let reader = SourceStatisticsReader(connection: connection)
        var proposals: [ExpectationProposal] = []
        for source in try chosen(project.plans, name: \.name, that: "is defined") {
            let statistics = try await reader.read(
                source, columns: project.columns(of: source), valueLimit: ExpectationProposal.valueLimit)
            proposals.append(ExpectationProposal(statistics, keys: project.joinKeys, now: .now))
        }
        if options.json {
            try JSONOutput.print(proposals)
        } else {
            print(proposals.map(\.yaml).joined(separator: "\n\n"))
        }
    }

    /// Those named, or all.
    private func chosen<Item>(_ items: [Item], name: (Item) -> String, that words: String) throws(CommandFailure) -> [Item] {
        let known = items.map(name)
        for wanted in sources where !known.contains(wanted) {
            throw .usage(
                known.isEmpty
                    ? "no source \(words)" : "no source `\(wanted)` \(words); there are: \(known.joined(separator: ", "))")
        }
        return items.filter { sources.isEmpty || sources.contains(name($0)) }
    }
}

extension [ColumnReference] {
    /// Each once.
    fileprivate var uniqued: [ColumnReference] {
        var seen = Set<ColumnReference>()
        return filter { seen.insert($0).inserted }
    }
}
