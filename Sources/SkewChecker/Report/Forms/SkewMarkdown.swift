import FeatureDefs

/// The report as Markdown, for a pull request or a chat.
package struct SkewMarkdown {
    private let document: SkewDocument

    package init(_ document: SkewDocument) {
        self.document = document
    }

    package var text: String {
        var lines = [
            "# Skew of \(Self.escaped(document.project)): \(document.verdict.rawValue)", "",
            "\(document.different) of \(document.compared) served values since \(document.since) differ from what training computes. "
                + "Limit \(document.limits.rate) a feature; checked at \(document.checkedAt).", "",
        ]
        for service in document.services {
            lines += [
                "## \(Self.escaped(service.service))", "",
                "Plan `\(service.planFingerprint.prefix(12))`, \(service.rows) rows.", "",
                "| feature | verdict | compared | different | rate | 95 % interval | causes |", "|---|---|---|---|---|---|---|",
            ]
            lines += service.features.map { feature in
                let causes = feature.causes.map { "\($0.count) `\($0.code)`" }.joined(separator: ", ")
                return
                    "| \(Self.escaped(feature.feature)) | \(feature.verdict.rawValue) | \(feature.compared) | \(feature.different) | "
                    + "\(Share.text(feature.mismatchRate)) | \(Share.text(feature.interval[0])) - \(Share.text(feature.interval[1])) | "
                    + "\(causes) |"
            }
            lines.append("")
        }
        for loss in document.losses {
            lines.append(
                "Not checked: \(loss.rows) rows of \(Self.escaped(loss.service)) that \(Self.escaped(loss.host)) lost "
                    + "(\(loss.cause.rawValue)).")
        }
        for source in document.sources where source.missed > 0 {
            lines += [
                "",
                "Source \(Self.escaped(source.source)): \(source.missed) of \(source.arrival?.rows ?? 0) rows came after the run that "
                    + "should have had them" + (source.proposal.map { "; proposed: `\($0)`." } ?? "."),
            ]
        }
        if let changes = document.changes { lines += ["", "## Since the run before", ""] + Self.changes(changes) }
        return (lines + ["", "Next: `\(document.next.replacing("`", with: "'"))`"]).joined(separator: "\n") + "\n"
    }

    private static func changes(_ changes: SkewDocument.Changes) -> [String] {
        let findings =
            changes.opened.map { "- opened #\($0.id) \(escaped($0.feature)) `\($0.code)`: \($0.count) values" }
            + changes.ongoing.map {
                "- ongoing #\($0.id) \(escaped($0.feature)) `\($0.code)`: \($0.count) values, \($0.nights) runs"
            }
            + changes.closed.map { "- closed #\($0.id) \(escaped($0.feature)) `\($0.code)`: \($0.closedWhy ?? "")" }
            + changes.verdicts.map { "- \(escaped($0.feature)): \($0.from.rawValue), now \($0.to.rawValue)" }
        return findings.isEmpty ? ["Nothing changed."] : findings
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\\|`*_<>[]#".contains(character) { result.append("\\") }
            result.append(character.isNewline ? " " : character)
        }
    }
}

/// A share as people read it.
enum Share {
    static func text(_ share: Double?) -> String {
        guard let share else { return "-" }
        if share > 0, share < 0.0001 { return "< 0.01 %" }
        return "\(Double(Int((share * 10_000).rounded())) / 100) %"
    }
}
