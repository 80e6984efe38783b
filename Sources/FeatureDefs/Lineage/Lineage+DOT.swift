/// The graph for Graphviz: `asof lineage card_activity.spend_7d --dot | dot -Tsvg`.
extension Lineage {
    package var dot: String {
        var lines = ["digraph lineage {", "  rankdir=LR;", "  node [fontname=\"Helvetica\"];"]
        for node in nodes {
            let lead = node.id == "feature \(feature)" ? ", penwidth=2" : ""
            let label = [node.name, node.type?.description, node.kind == .column ? nil : node.detail].compactMap { $0 }
            let attributes = "shape=\(node.kind.shape), label=\(Self.quoted(label.joined(separator: "\n")))\(lead)"
            lines.append("  \(Self.quoted(node.id)) [\(attributes)];")
        }
        for edge in edges {
            let isData = edge.role == .value || edge.role == .member
            let style: String =
                if let name = edge.name {
                    " [label=\(Self.quoted("as \(name)"))]"
                } else {
                    isData ? "" : " [style=dashed, label=\(Self.quoted(edge.role.words))]"
                }
            lines.append("  \(Self.quoted(edge.from)) -> \(Self.quoted(edge.to))\(style);")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    /// DOT knows two escapes within quotes that matter here, and reads `\n` as a line break of the label.
    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}

extension Lineage.Kind {
    fileprivate var shape: String {
        switch self {
        case .column: "cylinder"
        case .request: "parallelogram"
        case .feature: "box"
        case .onDemandFeature: "box, style=rounded"
        case .service: "component"
        }
    }
}
