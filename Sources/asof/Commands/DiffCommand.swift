import ArgumentParser
import OfflineStore

/// `asof diff`: compares two training sets.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two training sets: what they were asked for, their rows, columns and values.",
        discussion: """
            Rows are compared one by one when both come from the same spine, and brought together by the spine's columns
            otherwise. Columns of different types, where both say what they hold, or in another order are a difference too. Exits
            with 0 when the content is the same and with 1 when it is not.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "A training set's file.")
    var a: String

    @Argument(help: "The other one's.")
    var b: String

    fileprivate struct Result: Encodable {
        let a: String
        let b: String
        let request: [ManifestDifference]
        let content: TrainingSetDifference
    }

    func run() async throws {
        // A file without a manifest is compared by its content alone.
        let manifests = (a: TrainingManifest.found(beside: a), b: TrainingManifest.found(beside: b))
        let identity = [manifests.a, manifests.b].compactMap { $0 }.flatMap(\.identityColumns)
        let content = try TrainingSetComparison(a, b, identity: identity).run()
        var request: [ManifestDifference] = []
        if let first = manifests.a, let second = manifests.b { request = first.differences(from: second) }
        if options.json {
            try JSONOutput.print(Result(a: a, b: b, request: request, content: content))
        } else {
            print(DifferenceText(content, request: request, a: a, b: b).text)
        }
        guard content.isEmpty else { throw CommandFailure.checkFailed }
    }
}
