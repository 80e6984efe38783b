/// Prints diagnostics for people, in the manner of rustc.
///
///     error[AS0102]: unknown column `amuont`
///       --> features/orders.yaml:14:19
///        |
///     14 |     total: {sum: "amuont", window: 7d}
///        |                   ^^^^^^ not a column of `orders`
///        = help: did you mean `amount`? available: `amount`, `currency`, `user_id`
package struct DiagnosticRenderer: Sendable {
    /// Whether to write ANSI colours: only for a terminal.
    package let usesColour: Bool

    package init(usesColour: Bool = false) {
        self.usesColour = usesColour
    }

    /// All of them, a blank line between two, and how many there are at the end.
    package func text(_ diagnostics: Diagnostics) -> String {
        let blocks = diagnostics.all.map { text($0, in: diagnostics.sources) }
        let count = diagnostics.all.count + diagnostics.omitted
        let total = count == 1 ? "1 mistake" : "\(count) mistakes"
        let shown = diagnostics.omitted == 0 ? "" : ", the first \(diagnostics.all.count) shown"
        return (blocks + [total + shown + "\n"]).joined(separator: "\n")
    }

    /// One diagnostic, ending in a line break.
    package func text(_ diagnostic: Diagnostic, in sources: [SourceText]) -> String {
        let labels = [diagnostic.primary] + diagnostic.secondary
        let excerpts = labels.map { SourceExcerpt($0.span, in: sources) }
        let gutter = excerpts.map { String($0.line).count }.max() ?? 1
        var lines = [
            painted("\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]", .severity)
                + painted(": \(diagnostic.message)", .bold)
        ]
        for (index, excerpt) in excerpts.enumerated() {
            // Labels of the line just shown go under it.
            let isSameLine = index > 0 && excerpts[index - 1].shows(sameLineAs: excerpt)
            if !isSameLine { lines += head(excerpt, gutter: gutter, isPrimary: index == 0) }
            lines.append(underline(excerpt, label: labels[index].text, gutter: gutter, isPrimary: index == 0))
        }
        lines += diagnostic.help.map { margin(gutter, " = ") + painted("help", .bold) + ": " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    private func head(_ excerpt: SourceExcerpt, gutter: Int, isPrimary: Bool) -> [String] {
        let blanks = String(repeating: " ", count: gutter)
        let number = String(excerpt.line)
        let numberBlanks = String(repeating: " ", count: gutter - number.count)
        return [
            blanks + painted(isPrimary ? "--> " : "::: ", .margin)
                + "\(excerpt.path):\(excerpt.line):\(excerpt.column)",
            margin(gutter, " |"),
            painted(numberBlanks + number + " |", .margin) + (excerpt.text.isEmpty ? "" : " " + excerpt.text),
        ]
    }

    private func underline(_ excerpt: SourceExcerpt, label: String, gutter: Int, isPrimary: Bool) -> String {
        let underline = String(repeating: isPrimary ? "^" : "-", count: excerpt.underlineWidth)
        let pointer = painted(underline + (label.isEmpty ? "" : " " + label), isPrimary ? .severity : .margin)
        return margin(gutter, " | ") + String(repeating: " ", count: excerpt.underlineStart) + pointer
    }

    private func margin(_ gutter: Int, _ text: String) -> String {
        painted(String(repeating: " ", count: gutter) + text, .margin)
    }

    private enum Paint: String {
        case severity = "\u{1B}[1;31m"
        case bold = "\u{1B}[1m"
        case margin = "\u{1B}[1;34m"
    }

    private func painted(_ text: String, _ paint: Paint) -> String {
        usesColour ? paint.rawValue + text + "\u{1B}[0m" : text
    }
}
