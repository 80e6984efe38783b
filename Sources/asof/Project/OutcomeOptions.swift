import ArgumentParser
import DriftMonitor
import FeatureDefs
import OfflineStore
import PostgresClient
import Profiler

/// What became of a model's predictions, as commands take it.
struct OutcomeOptions: ParsableArguments {
    @Option(
        name: .long,
        help:
            "With --service: what became of predictions, table:NAME or sql:SELECT with the columns event_timestamp, score (0 to 1), label, labelled_at."
    )
    var outcomes: String?

    @Option(name: .long, help: "With --outcomes: the score from which on a prediction is positive.")
    var threshold = 0.5

    @Option(name: .long, help: "With --outcomes: after how long no label comes any more.")
    var labelsFinalAfter = Period(microseconds: 45 * 86_400_000_000)

    func check(service: String?) throws(CommandFailure) {
        guard outcomes == nil || service != nil else { throw .usage("--outcomes are those of a --service's model") }
        guard (0...1).contains(threshold), labelsFinalAfter > .zero else {
            throw .usage("--threshold is from 0 to 1, and --labels-final-after a period over zero, such as 45d")
        }
    }

    /// Judged as of the end of a day; nil when none were given.
    func judged(through day: Int, on connection: PostgresConnection) async throws -> OutcomeReport? {
        guard let outcomes else { return nil }
        let read = try await OutcomeReader(connection: connection).read(SpineSource(argument: outcomes), through: day)
        let settings = OutcomeJudge.Settings(
            threshold: threshold, finalAfter: Double(labelsFinalAfter.microseconds) / 86_400_000_000)
        return OutcomeJudge(read, day: day, settings: settings).report
    }
}
