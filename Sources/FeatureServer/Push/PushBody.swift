import FeatureDefs

/// The bodies by which Feast's clients push rows: columns by name, and where they go.
///
/// ```json
/// {"push_source_name": "payments", "df": {"card_id": [1], "amount": [9.5], "paid_at": ["2024-01-01T00:00:00"]}, "to": "online"}
/// {"feature_view_name": "card_payments", "df": {"card_id": [1], "last_amount": [9.5], "event_timestamp": [...], "created": [null]}}
/// ```
struct PushBody {
    private let members: [JSONValue.Member]

    init(_ body: [UInt8]) throws(ServerError) {
        let document: JSONValue
        do { document = try JSONParser.parse(body) } catch { throw .malformed(error) }
        guard case .object(let members) = document else {
            throw .invalidRequest("the request is \(document.kind), not an object")
        }
        self.members = members
    }

    /// `POST /push`: columns of the source.
    func push() throws(ServerError) -> PushRequest {
        let name = try text("push_source_name")
        var destination = PushRequest.Destination.online
        if let to = value("to") {
            guard case .string(let text) = to, let known = PushRequest.Destination(rawValue: text) else {
                let known = PushRequest.Destination.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidRequest("`to` takes one of \(known)")
            }
            destination = known
        }
        return PushRequest(target: name, columns: try columns(), destination: destination)
    }

    /// `POST /write-to-online-store`, which Feast's own client sends for a push: the view's features by name, and the times under
    /// names of Feast's.
    func write(in plan: Plan) throws(ServerError) -> PushRequest {
        let name = try text("feature_view_name")
        guard let view = plan.featureView(named: name) else { throw .unknownView(name) }
        let sent = try columns()
        guard !sent.contains(where: { $0.name == view.source.eventTimestamp.name }) else {
            return PushRequest(target: name, columns: sent, destination: .online)
        }
        var columns: [PushedColumn] = []
        for column in sent {
            switch column.name {
            case "event_timestamp": columns.append(.init(name: view.source.eventTimestamp.name, cells: column.cells))
            case "created":
                guard let created = view.source.createdTimestamp else { continue }
                columns.append(.init(name: created.name, cells: column.cells))
            case let key where view.joinKeys.contains { $0.name == key }: columns.append(column)
            default:
                guard let feature = view.features.first(where: { $0.name == column.name }) else {
                    throw ServerError(.unknownColumns([column.name], source: view.source.name, known: Self.columns(of: view)))
                }
                guard let stored = feature.plainColumn else {
                    throw ServerError(.computedFeature(view: name, feature: feature.name))
                }
                columns.append(.init(name: stored, cells: column.cells))
            }
        }
        try Self.require(columns, for: view)
        return PushRequest(target: name, columns: columns, destination: .online)
    }

    private static func columns(of view: FeatureViewPlan) -> [String] {
        view.joinKeys.map(\.name) + view.features.map(\.name) + ["event_timestamp", "created"]
    }

    /// A row that lacks what the view's filter reads would never be seen; one that lacks a feature would be NULL in it.
    private static func require(_ columns: [PushedColumn], for view: FeatureViewPlan) throws(ServerError) {
        let given = Set(columns.map(\.name))
        let read = Set((view.filter?.inputs ?? []).map(\.name) + view.features.compactMap(\.plainColumn))
        let missing = read.subtracting(given).sorted()
        guard missing.isEmpty else { throw ServerError(.missingColumns(missing, source: view.source.name)) }
    }

    private func value(_ name: String) -> JSONValue? {
        members.first { $0.name == name && $0.value != .null }?.value
    }

    private func text(_ name: String) throws(ServerError) -> String {
        guard let value = value(name) else { throw .invalidRequest("`\(name)` is missing") }
        guard case .string(let text) = value else { throw .invalidRequest("`\(name)` is \(value.kind), not a string") }
        return text
    }

    private func columns() throws(ServerError) -> [PushedColumn] {
        guard let frame = value("df") else { throw .invalidRequest("`df` is missing") }
        guard case .object(let members) = frame else {
            throw .invalidRequest("`df` is \(frame.kind), not an object of lists")
        }
        var columns: [PushedColumn] = []
        for member in members {
            guard case .array(let values) = member.value else {
                throw .invalidRequest("`df.\(member.name)` is \(member.value.kind), not a list")
            }
            columns.append(PushedColumn(name: member.name, cells: values.map { .json($0) }))
        }
        return columns
    }
}

extension FeaturePlan {
    /// The source's column that the feature is, if it is one.
    fileprivate var plainColumn: String? {
        guard case .latest(let expression, _) = computation, case .input(let column) = expression.node else { return nil }
        return column.name
    }
}
