/// `docs/diagnostics.md`: every mistake that the compiler finds, with an example of each.
package struct DiagnosticCatalogue {
    private let examples: [DiagnosticCode: String]

    /// - Parameter examples: what is printed for one mistake of each code.
    package init(examples: [DiagnosticCode: String]) {
        self.examples = examples
    }

    package var markdown: String {
        let head = """
            # Diagnostics

            Generated from the compiler by `make docs`; do not edit. Every mistake of a project is reported at once, in the order of the
            files. `--json` prints them for [editors](#editors). A code keeps its meaning.
            """
        var stages: [(title: String, codes: [DiagnosticCode])] = []
        for code in DiagnosticCode.allCases {
            if stages.last?.title == code.stage {
                stages[stages.count - 1].codes.append(code)
            } else {
                stages.append((code.stage, [code]))
            }
        }
        let sections = stages.map { stage in
            (["## \(stage.title)"] + stage.codes.map(section)).joined(separator: "\n\n")
        }
        return ([head] + sections + [editors]).joined(separator: "\n\n") + "\n"
    }

    private func section(_ code: DiagnosticCode) -> String {
        let example = examples[code].map { "\n\n```text\n\(Self.shortened($0))\n```" } ?? ""
        return "### \(code.rawValue)\n\n\(code.summary)\(example)"
    }

    /// Without the count at the end.
    private static func shortened(_ example: String) -> String {
        var lines = example.split(separator: "\n", omittingEmptySubsequences: false)
        while let last = lines.last, last.isEmpty || last.hasSuffix(" mistake") || last.hasSuffix(" mistakes") {
            lines.removeLast()
        }
        return lines.joined(separator: "\n")
    }

    private var editors: String {
        """
        ## Editors

        `asof plan --json` and the other commands that compile print, for definitions with mistakes, exit code 2 and

        ```json
        [{"code": "AS0102", "severity": "error", "message": "unknown column `amuont`", "label": "not a column of `orders`",
          "file": "features/orders.yaml", "line": 14, "column": 19, "endLine": 14, "endColumn": 25, "offset": 310, "endOffset": 316,
          "help": ["did you mean `amount`? available: `amount`, `currency`"], "related": []}]
        ```

        Lines and columns count from 1, columns in characters, offsets in bytes from 0; ends are past the last one. `related` are other
        places that took part, of the same form.
        """
    }
}

extension DiagnosticCode {
    /// The stage that finds it, by its number.
    fileprivate var stage: String {
        switch rawValue.prefix(4) {
        case "AS00": "YAML and syntax"
        case "AS01": "Names"
        case "AS02": "Types"
        default: "Windows and time"
        }
    }
}
