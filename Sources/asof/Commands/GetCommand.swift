import ArgumentParser
import FeatureDefs
import OfflineStore
import OnlineStore
import PostgresClient

/// `asof get`: one lookup in the online store.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Look one entity up in the online store.",
        discussion: """
            Statuses: PRESENT; NULL_VALUE, computed and NULL; NOT_FOUND, the entity has no row (counts are 0); OUTSIDE_MAX_AGE, past
            the view's ttl; INVALID, an on-demand expression failed, or the stored row is of an older definition that did not have the
            feature.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "The feature service.")
    var service: String

    @Option(name: .long, parsing: .upToNextOption, help: "Join keys, as card_id=1 merchant_id=shop-001.")
    var keys: [NamedText] = []

    @Option(name: .long, parsing: .upToNextOption, help: "Request inputs of on-demand features, as amount=9.5.")
    var request: [NamedText] = []

    @Option(name: .long, parsing: .upToNextOption, help: "Join keys and request inputs that are NULL, as amount.")
    var null: [String] = []

    private struct Feature: Encodable {
        let feature: String
        let type: FeatureType
        /// In canonical text; absent for NULL.
        let value: String?
        let status: FeatureStatus
        let eventTimestamp: String?
    }

    func run() async throws {
        let configuration = try options.configuration()
        let stores = ProjectStores(configuration)
        let offline = try await stores.connectOffline()
        let applied = try await Registry(connection: offline, project: configuration.project).latestPlan()
        let selection = try applied.plan.selection(ofServiceNamed: service)
        let columns = try self.columns(for: selection)
        let lookup = FeatureLookup(
            plan: applied.plan, ids: applied.layouts,
            runs: try await MaterializationLog(connection: offline, project: configuration.project).runsOnline(),
            connection: try await stores.connectOnline())
        let prepared = try lookup.prepare(service: service)
        let result = try await lookup.features(prepared, for: try LookupRows(columns), now: .now)
        for (view, error) in result.undecodable {
            let consequence = if case .lacksFeatures = error { "is of an older definition" } else { "cannot be read" }
            StandardError.line(
                "asof: warning: the stored row of `\(view)` \(consequence) (\(error)); run `asof materialize \(view)`")
        }
        try show(result, of: selection)
        let found = zip(selection.joinedViews, result.versions).filter { $1.contains { $0 != nil } }.map(\.0.name)
        try await remarkOnEmptyViews(of: selection, but: Set(found), applied.plan, offline)
    }

    /// A view that neither a run nor a push has filled yet looks as if it knew no entity.
    private func remarkOnEmptyViews(
        of selection: FeatureSelection, but found: Set<String>, _ plan: Plan, _ offline: PostgresConnection
    ) async throws {
        let runs = try await MaterializationLog(connection: offline, project: plan.project).latest()
        for view in selection.distinctViews.map(\.name) where runs[view] == nil && !found.contains(view) {
            StandardError.line("asof: note: `\(view)` has never been materialized; run `asof materialize \(view)`")
        }
    }

    private func show(_ result: LookupResult, of selection: FeatureSelection) throws {
        let features = selection.features.indices.compactMap { index in
            result.features[index].first.map { served in
                Feature(
                    feature: selection.features[index].description,
                    type: selection.types[index],
                    value: served.value.text,
                    status: served.status,
                    eventTimestamp: served.eventTimestamp?.description
                )
            }
        }
        guard !options.json else { return try JSONOutput.print(features) }
        var table = TextTable(header: ["feature", "value", "status", "event timestamp"])
        for feature in features {
            table.add([feature.feature, feature.value ?? "NULL", feature.status.rawValue, feature.eventTimestamp ?? ""])
        }
        print(table.text)
    }

    /// The columns asked for, typed as the plan says.
    private func columns(for selection: FeatureSelection) throws -> [String: [FeatureValue]] {
        var types: [String: FeatureType] = [:]
        for key in selection.joinKeys { types[key.name] = key.type }
        for input in selection.requestInputs { types[input.name] = input.type }
        var columns: [String: [FeatureValue]] = [:]
        for (name, text) in (keys + request).map({ ($0.name, Optional($0.text)) }) + null.map({ ($0, nil) }) {
            guard let type = types[name] else {
                throw CommandFailure.usage("`\(service)` takes no `\(name)`; \(Self.usage(of: selection))")
            }
            guard let value = text.map({ FeatureValue(parsing: $0, as: type) }) ?? .null else {
                let hint = text?.isEmpty == true ? "; for NULL write --null \(name)" : ""
                throw CommandFailure.usage("`\(text ?? "")` is not a value of `\(name)`, which is \(type)\(hint)")
            }
            guard columns.updateValue([value], forKey: name) == nil else {
                throw CommandFailure.usage("`\(name)` is given twice; asof get looks up one entity")
            }
        }
        let missing = types.keys.filter { columns[$0] == nil }.sorted()
        guard missing.isEmpty else {
            throw CommandFailure.usage(
                "missing \(missing.map { "`\($0)`" }.joined(separator: ", ")); \(Self.usage(of: selection))")
        }
        return columns
    }

    private static func usage(of selection: FeatureSelection) -> String {
        let keys = selection.joinKeys.map { "\($0.name)=<\($0.type)>" }.joined(separator: " ")
        let request = selection.requestInputs.map { "\($0.name)=<\($0.type)>" }.joined(separator: " ")
        let options = [(name: "--keys", values: keys), (name: "--request", values: request)].filter { !$0.values.isEmpty }
        return options.isEmpty ? "it takes nothing" : "write " + options.map { "\($0.name) \($0.values)" }.joined(separator: " ")
    }
}

/// `name=text` on the command line.
struct NamedText: ExpressibleByArgument {
    let name: String
    let text: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        name = String(argument[..<equals])
        text = String(argument[argument.index(after: equals)...])
    }
}
