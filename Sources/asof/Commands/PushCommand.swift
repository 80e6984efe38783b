import ArgumentParser
import FeatureDefs
import Materializer
import OfflineStore
import PostgresClient

/// `asof push`: fresh rows into a source's table and online at once.
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Insert fresh rows into a source's table and take them online at once.",
        discussion: """
            The file's columns are the table's. Each row needs the view's keys and the event timestamp; one without a created timestamp came
            now. The rows' entities are then computed by the SQL that `asof materialize` uses and written to Redis, for the views of the
            source that have `latest` features and no schedule; others are served by their schedule. Pushing the same rows again changes
            nothing: a row is known by its keys, event and created timestamp. A correction needs a later created timestamp.

            Where a row breaks what its source expects and marks `gate: true` (`asof check`), none of the (up to 10,000) rows that are pushed
            with it is inserted, none goes online, and push exits with 1.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "A feature view, or a source.")
    var target: String

    @Option(name: .long, help: "A CSV file with a header; - is standard input.")
    var file: String

    @Flag(name: .long, help: "Insert the rows and leave it to the next run to take them online.")
    var offlineOnly = false

    /// Rows of one transaction.
    private static let batchRows = 10_000

    private struct Report: Encodable {
        struct View: Encodable {
            let name: String
            let written: Int
            let kept: Int
        }

        var inserted = 0
        var duplicates = 0
        var views: [View] = []
        var asOf: String?
    }

    func run() async throws {
        let configuration = try options.configuration()
        let stores = ProjectStores(configuration)
        let reader = try CSVReader(path: file == "-" ? "/dev/stdin" : file, isReadOnce: true)
        let offline = try await stores.connectOffline()
        let applied = try await Registry(connection: offline, project: configuration.project).latestPlan()
        await offline.close()
        let pusher = Pusher(
            plan: applied.plan, ids: applied.layouts, offline: PushConnections(limit: 1) { try await stores.connectOffline() },
            online: try await stores.connectOnline())
        let outcomes = try await pushAll(of: reader, through: pusher)
        guard !outcomes.isEmpty else { throw PushError.noRows }
        try print(Self.report(outcomes))
    }

    // In functions of their own: Swift 6.3.1's optimizer crashes on the loop within `run`.
    @inline(never)
    private func pushAll(of reader: CSVReader, through pusher: Pusher) async throws -> [PushOutcome] {
        var reader = reader
        let progress = ProgressLine()
        defer { progress.finish() }
        var outcomes: [PushOutcome] = []
        var pushed = 0
        while let columns = try Self.nextBatch(of: &reader) {
            let request = PushRequest(
                target: target, columns: columns, destination: offlineOnly ? .offline : .onlineAndOffline)
            outcomes.append(try await push(request, after: pushed, through: pusher, progress))
            pushed += request.rowCount
            progress.update(stage: "pushing", rows: pushed)
        }
        return outcomes
    }

    /// One batch; when it fails, what has gone before it is said.
    @inline(never)
    private func push(
        _ request: PushRequest, after pushed: Int, through pusher: Pusher, _ progress: ProgressLine
    ) async throws -> PushOutcome {
        do {
            return try await pusher.push(request)
        } catch {
            progress.finish()
            if pushed > 0 { StandardError.line("asof: the first \(pushed) rows have been pushed; of the rows after them:") }
            throw error.movedDown(by: pushed)
        }
    }

    /// nil at the end of the file.
    private static func nextBatch(of reader: inout CSVReader) throws -> [PushedColumn]? {
        var cells = [[PushedColumn.Cell]](repeating: [], count: reader.header.count)
        var record = CSVRecord()
        var rows = 0
        while rows < batchRows, try reader.next(into: &record) {
            for index in cells.indices { cells[index].append(.text(record.text(index))) }
            rows += 1
        }
        return rows == 0 ? nil : zip(reader.header, cells).map { PushedColumn(name: $0, cells: $1) }
    }

    private static func report(_ outcomes: [PushOutcome]) -> Report {
        var report = Report()
        report.inserted = outcomes.reduce(0) { $0 + $1.inserted }
        report.duplicates = outcomes.reduce(0) { $0 + $1.duplicates }
        report.asOf = outcomes.last?.instant.description
        for view in outcomes.first?.views ?? [] {
            let counts = outcomes.flatMap(\.views).filter { $0.name == view.name }
            report.views.append(
                .init(
                    name: view.name, written: counts.reduce(0) { $0 + $1.written }, kept: counts.reduce(0) { $0 + $1.kept }))
        }
        return report
    }

    private func print(_ report: Report) throws {
        if options.json { return try JSONOutput.print(report) }
        let known = report.duplicates == 0 ? "" : ", \(report.duplicates) were there already"
        Swift.print("\(report.inserted) \(report.inserted == 1 ? "row" : "rows") inserted\(known)")
        for view in report.views {
            let newer = view.kept == 0 ? "" : ", \(view.kept) have a newer one"
            Swift.print(
                "\(view.name) as of \(report.asOf ?? ""): \(view.written) \(view.written == 1 ? "entity" : "entities") written\(newer)"
            )
        }
    }
}
