/// A table of GitHub's Markdown.
struct MarkdownTable {
    private var lines: [String]

    init(_ header: String...) {
        lines = [Self.row(header), Self.row(header.map { _ in "---" })]
    }

    mutating func add(_ cells: String...) { lines.append(Self.row(cells)) }

    var text: String { lines.joined(separator: "\n") }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
