import ArgumentParser
import FeatureDefs
import Foundation
import OfflineStore
import Profiler

/// `asof profile`: keeps what the distributions of features were, hour by hour.
struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Profile features hour by hour, for `asof drift` to compare.",
        discussion: """
            Of views: every entity with a row in an hour, once, at the hour's end, as it would have been served. Of a service: what it
            logged as served. Some kilobytes a feature and hour are kept in schema `asof`; whole days, weeks and any comparison
            follow from them. Profiling hours again replaces them.

            Profiles are measured in the frames of a baseline, which never move. `asof train` makes one for each training set.
            Of several, --baseline says once which one the deployed model was trained on. A view, or a service without a
            training set, takes its first profiled stretch for a baseline.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "Feature views. Default: all.")
    var views: [String] = []

    @Option(name: .long, help: "Instead of views: what this feature service logged as served.")
    var service: String?

    @Option(name: .long, help: "From then on: an instant, or how long ago, such as 24h. Whole hours are profiled.")
    var from = "24h"

    @Option(name: .long, help: "Up to then, not included. Default: the last full hour.")
    var to: String?

    @Option(
        name: .long,
        help: "With --service: the dataset (its manifest's datasetID, or the start of it) that the deployed model was trained on."
    )
    var baseline: String?

    @Flag(name: .long, help: "Make the baseline of a view, or of a service without a training set, anew from this stretch.")
    var rebase = false

    func run() async throws {
        let configuration = try options.configuration()
        let now = Timestamp.now
        let hour = ActiveEntitySpine.window
        let start = try TimeArgument.instant(from, option: "--from", now: now).floored(toMultipleOf: hour)
        let end = try to.map { try TimeArgument.instant($0, option: "--to", now: now) } ?? now
        let stop = end.floored(toMultipleOf: hour)
        guard start < stop else {
            throw CommandFailure.usage("no full hour between --from \(start) and --to \(end)")
        }
        guard service == nil || views.isEmpty else { throw CommandFailure.usage("name views, or --service, not both") }
        guard service != nil || baseline == nil else {
            throw CommandFailure.usage("--baseline goes with --service; a view is compared with its own first profiles")
        }
        let connection = try await ProjectStores(configuration).connectOffline()
        let applied = try await Registry(connection: connection, project: configuration.project).latestPlan()
        let progress = ProgressLine()
        defer { progress.finish() }
        let profiler = Profiler(
            connection: connection, project: configuration.project, observer: progress.update(stage:rows:total:))
        var results: [ProfilingResult] = []
        if let service {
            _ = try applied.plan.selection(ofServiceNamed: service)
            results.append(
                try await profiler.profileServed(service, baseline: baseline, from: start, to: stop, isRebased: rebase))
        } else {
            for view in try ViewSelection(names: views, project: configuration.project).views(of: applied.plan) {
                results.append(
                    try await profiler.profile(view, in: applied.plan, from: start, to: stop, asOf: now, isRebased: rebase))
            }
        }
        progress.finish()
        guard !options.json else { return try JSONOutput.print(results) }
        for result in results { print(Self.text(result)) }
    }

    private static func text(_ result: ProfilingResult) -> String {
        var lines = [
            "\(result.subject): \(result.rows) rows in \(result.windows) hour\(result.windows == 1 ? "" : "s"), "
                + "\(result.features) features, \(result.from) to \(result.to)",
            "  baseline \(result.baseline)\(result.isNewBaseline ? " (made from this stretch)" : "")",
        ]
        if !result.otherDefinitions.isEmpty {
            lines.append(
                "  served under another definition than the baseline's: \(result.otherDefinitions.joined(separator: ", "))")
        }
        if !result.unknownFeatures.isEmpty {
            lines.append("  not in the baseline, so not profiled: \(result.unknownFeatures.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }
}

/// Instants as options take them: absolute, or how long ago.
enum TimeArgument {
    static func instant(_ text: String, option: String, now: Timestamp) throws(CommandFailure) -> Timestamp {
        if let period = Period(text), period > .zero { return now - period }
        if let instant = Timestamp(text), instant.isFinite { return instant }
        throw .usage("\(option) takes an instant such as 2024-03-01T12:00:00Z or a period such as 24h, not `\(text)`")
    }
}
