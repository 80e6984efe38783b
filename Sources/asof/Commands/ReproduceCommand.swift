import ArgumentParser
import FeatureDefs
import Foundation
import OfflineStore

/// `asof reproduce`: makes a training set again and compares.
struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Make a training set again from its manifest, and compare.",
        discussion: """
            The manifest holds the definitions, the spine's name, the knowledge mode and the instant as of which source rows were
            visible, so that the same bytes come out although rows have arrived since. Exits with 0 when the content is the same, 1 when
            it is not: rows were deleted or rewritten, or the spine is another. Then it names the columns and counts the rows.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "OUT.manifest.json, OUT itself, or table:NAME, whose comment holds it.")
    var manifest: String

    @Option(name: [.short, .long], help: "Keep what is made: OUT.parquet, OUT.csv or table:NAME. Default: compare only.")
    var output: String?

    func run() async throws {
        try await Interruption.guarding { try await reproduce() }
    }

    private func reproduce() async throws {
        let destination = try output.map { argument in
            guard let output = TrainingOutput(argument: argument) else {
                throw CommandFailure.usage(
                    "cannot tell what to write to `\(argument)`; name a file OUT.parquet or OUT.csv, or table:NAME")
            }
            return output
        }
        let connection = try await ProjectStores(try options.configuration()).connectOffline()
        let recorded: TrainingManifest
        var original: String?
        var folder: String?
        if case .table(let parts)? = TrainingOutput(argument: manifest) {
            recorded = try await TrainingManifest.read(table: parts, on: connection)
        } else {
            recorded = try TrainingManifest.read(path: manifest)
            let suffix = TrainingManifest.path(beside: "")
            let file = manifest.hasSuffix(suffix) ? String(manifest.dropLast(suffix.count)) : manifest
            original = FileManager.default.fileExists(atPath: file) ? file : nil
            folder = URL(filePath: manifest).deletingLastPathComponent().path
        }
        if let destination, let original, destination.replaces(original) {
            throw CommandFailure.usage("\(destination.description) is the training set to compare with; name another file")
        }
        let progress = ProgressLine()
        defer { progress.finish() }
        let report = try await TrainingReproduction(
            connection: connection,
            engineVersion: AsofVersion.current,
            observer: progress.update(stage:rows:total:)
        ).run(recorded, original: original, folder: folder, output: destination)
        progress.finish()
        if options.json { try JSONOutput.print(report) } else { print(ReproductionText(report, name: manifest).text) }
        guard report.isReproduced else { throw CommandFailure.checkFailed }
    }
}
