/// What changed since the run before: findings that were opened, go on and were closed.
struct SkewPageChanges {
    let changes: SkewDocument.Changes

    var text: String {
        let since =
            changes.previousRun.map { "Since run \($0), \(Markup.escaped(changes.previousAt ?? ""))" } ?? "The first run"
        let rows =
            changes.opened.map { row("opened", "fail", $0, "\($0.count) values") }
            + changes.ongoing.map { row("ongoing", "inconclusive", $0, "\($0.count) values, \($0.nights) runs") }
            + changes.closed.map { row("closed", "pass", $0, $0.closedWhy ?? "") }
        let verdicts = changes.verdicts.map { change in
            "<p>\(Markup.escaped(change.feature)) of \(Markup.escaped(change.service)): \(change.from.rawValue), now "
                + "\(change.to.rawValue).</p>"
        }
        let table =
            rows.isEmpty
            ? "<p>No findings.</p>"
            : "<div class=\"wide\"><table><tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
        return "<section><h2>\(since)</h2>\n\(table)\n\(verdicts.joined())</section>"
    }

    private func row(_ state: String, _ kind: String, _ finding: SkewDocument.Finding, _ details: String) -> String {
        """
        <tr><td><span class="verdict \(kind)">\(state)</span></td><td>#\(finding.id) \(Markup.escaped(finding.feature))</td>\
        <td><code>\(Markup.escaped(finding.code))</code></td><td>\(Markup.escaped(details))</td></tr>
        """
    }
}

/// How late the rows of the sources came.
struct SkewPageSources {
    private let sources: [SkewDocument.Source]

    init(_ sources: [SkewDocument.Source]) {
        self.sources = sources.filter { $0.recorded != nil || $0.arrival != nil }
    }

    var text: String {
        guard !sources.isEmpty else { return "" }
        return """
            <section>
            <h2>How late rows come</h2>
            <p>Recorded: available time minus event timestamp. Arrival: how much later than its available time a row came, at the least, \
            by the runs that did not see it.</p>
            <div class="wide"><table>
            <thead><tr><th>source</th><th></th><th class="n">rows</th>\
            \(["half", "90 %", "99 %", "99.9 %", "all"].map { "<th class=\"n\">\($0)</th>" }.joined())\
            <th class="n">missed</th><th>declared</th><th>proposed</th></tr></thead>
            <tbody>
            \(sources.flatMap(rows).joined(separator: "\n"))
            </tbody></table></div>
            </section>
            """
    }

    private func rows(_ source: SkewDocument.Source) -> [String] {
        let declared = source.declaredLag.map { "delay \(source.declaredDelay), lag \($0)" } ?? "delay \(source.declaredDelay)"
        var rows: [String] = []
        if let recorded = source.recorded { rows.append(row(source.source, "recorded", recorded, "", declared, "")) }
        if let arrival = source.arrival {
            rows.append(
                row(source.source, "arrival", arrival, "\(source.missed)", declared, source.proposal ?? "", source.verdict))
        }
        return rows
    }

    private func row(
        _ name: String, _ kind: String, _ distribution: SkewDocument.Source.Distribution, _ missed: String, _ declared: String,
        _ proposal: String, _ verdict: SkewVerdict? = nil
    ) -> String {
        let badge = verdict.map { " <span class=\"verdict \($0.rawValue)\">\($0.rawValue)</span>" } ?? ""
        let cells = distribution.lateness.map { "<td class=\"n\">\($0)</td>" }.joined()
        return """
            <tr><td>\(Markup.escaped(name))\(badge)</td><td>\(kind)</td><td class="n">\(distribution.rows)</td>\(cells)\
            <td class="n">\(missed)</td><td>\(Markup.escaped(declared))</td><td><code>\(Markup.escaped(proposal))</code></td></tr>
            """
    }
}
