/// The graph as an indented list, for a terminal.
///
///     card_activity.spend_7d float64 = sum(amount) over 7d
///       reads
///         transactions.amount float64 (value)
///       read by
///         service fraud_v1
extension Lineage {
    package var text: String {
        let id = "feature \(feature)"
        var list = LineageList(lineage: self)
        list.lines = [list.label(id), "  reads"]
        list.addInputs(of: id, indent: 4)
        let isRead = edges.contains { $0.from == id }
        list.lines.append(isRead ? "  read by" : "  read by nothing")
        list.addReaders(of: id, indent: 4)
        return list.lines.joined(separator: "\n")
    }
}

/// What is reached by two ways is shown twice, but its own inputs or readers only the first time.
private struct LineageList {
    let lineage: Lineage
    var lines: [String] = []
    private var expandedUp = Set<String>()
    private var expandedDown = Set<String>()

    init(lineage: Lineage) {
        self.lineage = lineage
    }

    mutating func addInputs(of id: String, indent: Int) {
        guard expandedUp.insert(id).inserted else { return }
        var shown = Set<String>()
        for edge in lineage.edges where edge.to == id && shown.insert(edge.from).inserted {
            let roles = lineage.edges.filter { $0.from == edge.from && $0.to == id }.map(\.role.words)
            let isColumn = lineage.node(edge.from)?.kind == .column
            let names = lineage.edges.filter { $0.from == edge.from && $0.to == id }.compactMap(\.name)
            let remarks = isColumn ? roles : names.map { "as \($0)" }
            add(label(edge.from) + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"), indent)
            addInputs(of: edge.from, indent: indent + 2)
        }
    }

    mutating func addReaders(of id: String, indent: Int) {
        guard expandedDown.insert(id).inserted else { return }
        for edge in lineage.edges where edge.from == id {
            add(label(edge.to) + (edge.name.map { " (as \($0))" } ?? ""), indent)
            addReaders(of: edge.to, indent: indent + 2)
        }
    }

    private mutating func add(_ line: String, _ indent: Int) {
        lines.append(String(repeating: " ", count: indent) + line)
    }

    func label(_ id: String) -> String {
        guard let node = lineage.node(id) else { return id }
        let type = node.type.map { " \($0)" } ?? ""
        switch node.kind {
        case .column: return node.name + type
        case .request: return "request \(node.name)\(type)"
        case .feature, .onDemandFeature: return node.name + type + (node.detail.map { " = \($0)" } ?? "")
        case .service: return "service \(node.name)"
        }
    }
}

extension Lineage.Role {
    var words: String { rawValue.replacing("_", with: " ") }
}
