import ArgumentParser
import FeatureDefs
import OfflineStore
import SkewChecker

/// `asof explain`: how one value comes about.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain one value: its rows, those left out and why, what was served, the SQL.",
        discussion: """
            For a feature of a feature view and one entity at an instant: the cut, the window's bounds, the rows that the value is made
            of, those that it is not and why, the value in each knowledge mode, and what was last served and logged by then, recomputed
            step by step.

              asof explain card_activity.spend_7d --keys card_id=42 --at 2024-03-01T12:00:00Z
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The feature, as view.feature.")
    var feature: String

    @Option(name: .long, parsing: .upToNextOption, help: "The view's join keys, as card_id=1.")
    var keys: [NamedText] = []

    @Option(name: .long, help: "The instant; now by default.")
    var at: String?

    @Option(name: .long, help: "How many rows of each kind to show.")
    var rows = 10

    @Flag(name: .long, help: "Show the values of a feature that is tagged as sensitive.")
    var reveal = false

    func validate() throws {
        guard rows > 0 else { throw ValidationError("--rows is at least 1") }
    }

    func run() async throws {
        let configuration = try options.configuration()
        let instant = try self.instant()
        let connection = try await ProjectStores(configuration).connectOffline()
        let plan = try await Registry(connection: connection, project: configuration.project).latestPlan().plan
        let reference = try reference(in: plan)
        guard let view = plan.featureView(named: reference.view) else { throw UnknownFeature(reference: reference) }
        let values = try keys(of: view)
        try await CatalogueReader(connection: connection).requireFit(of: [view])
        let explanation = try await ValueExplainer(connection: connection).explain(
            reference.feature, of: view, in: plan, keys: values, at: instant, rowsPerPart: rows)
        let served = try await ServedExplainer(project: configuration.project, connection: connection).explain(
            reference, keys: Array(zip(view.joinKeys, values)), at: instant)
        let document = ExplanationDocument(
            explanation, keys: values, served: served, isMasked: plan.isSensitive(reference) && !reveal)
        if options.json { try JSONOutput.print(document) } else { print(ExplanationText(document).text) }
    }

    private func instant() throws -> Timestamp {
        guard let at else { return .now }
        guard let instant = Timestamp(at), instant.isFinite else {
            throw CommandFailure.usage("--at takes an instant such as 2024-03-01T12:00:00Z, not `\(at)`")
        }
        return instant
    }

    private func reference(in plan: Plan) throws -> FeatureReference {
        let reference = try plan.reference(named: feature)
        if let onDemand = plan.onDemandFeature(reference) {
            let read = onDemand.feature.expression.inputs.compactMap { input -> String? in
                if case .feature(let reference) = input { reference.definition.description } else { nil }
            }
            throw CommandFailure.usage(
                "`\(feature)` is computed on demand, as \(onDemand.feature.expression.readableText)"
                    + (read.isEmpty ? "" : "; explain what it reads: \(Set(read).sorted().joined(separator: ", "))"))
        }
        return reference
    }

    private func keys(of view: FeatureViewPlan) throws -> [FeatureValue] {
        let usage = view.joinKeys.map { "\($0.name)=<\($0.type)>" }.joined(separator: " ")
        for named in keys where !view.joinKeys.contains(where: { $0.name == named.name }) {
            throw CommandFailure.usage("`\(view.name)` has no join key `\(named.name)`; write --keys \(usage)")
        }
        return try view.joinKeys.map { key in
            let given = keys.filter { $0.name == key.name }
            guard given.count == 1 else {
                throw CommandFailure.usage("\(given.isEmpty ? "missing" : "twice") `\(key.name)`; write --keys \(usage)")
            }
            guard let value = FeatureValue(parsing: given[0].text, as: key.type) else {
                throw CommandFailure.usage("`\(given[0].text)` is not a value of `\(key.name)`, which is \(key.type)")
            }
            return value
        }
    }
}
