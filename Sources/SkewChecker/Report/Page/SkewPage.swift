import FeatureDefs

/// The report as one HTML page: no script, no network, plots as inline SVG, dark or light as the reader's system is.
package struct SkewPage {
    private let document: SkewDocument
    private let drift: [DriftTab]

    /// - Parameter drift: one for each service; with any, the page has a second tab.
    package init(_ document: SkewDocument, drift: [DriftTab] = []) {
        self.document = document
        self.drift = drift
    }

    package var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Skew of \(Markup.escaped(document.project)): \(document.verdict.rawValue)</title>
        <style>\(PageStyle.text)</style>
        </head>
        <body>
        <main>
        <header>
        <h1>Skew of \(Markup.escaped(document.project)) <span class="verdict \(document.verdict.rawValue)">\
        \(document.verdict.rawValue)</span></h1>
        <p>\(document.different) of \(document.compared) served values differ from what training computes. Since \
        \(Markup.escaped(document.since)), limit \(Share.text(document.limits.rate)) a feature, checked at \
        \(Markup.escaped(document.checkedAt)).</p>
        </header>
        \(content)
        </main>
        </body>
        </html>

        """
    }

    private var content: String {
        let skew = """
            <p class="next">Next: <code>\(Markup.escaped(document.next))</code></p>
            \(document.losses.map(loss).joined())
            \(document.changes.map(SkewPageChanges.init)?.text ?? "")
            \(document.services.map(section).joined(separator: "\n"))
            \(SkewPageSources(document.sources).text)
            """
        guard !drift.isEmpty else { return skew }
        return """
            <input type="radio" name="tab" id="tab-skew" checked><input type="radio" name="tab" id="tab-drift">
            <div class="tabs"><label for="tab-skew">Skew</label><label for="tab-drift">Drift</label></div>
            <div class="tab skew">
            \(skew)
            </div>
            <div class="tab drift">
            \(drift.map(\.text).joined(separator: "\n"))
            </div>
            """
    }

    private func loss(_ loss: SkewDocument.Loss) -> String {
        """
        <p class="loss">Not checked: \(loss.rows) rows of \(Markup.escaped(loss.service)) that \(Markup.escaped(loss.host)) lost \
        between \(Markup.escaped(loss.first)) and \(Markup.escaped(loss.last)) (\(loss.cause.rawValue)).</p>
        """
    }

    private func section(_ service: SkewDocument.Service) -> String {
        let sorted = Self.worstFirst(service)
        let rows = sorted.map { index, feature in
            """
            <tr><td><a href="#\(anchor(service, index))">\(Markup.escaped(feature.feature))</a></td>\
            <td><span class="verdict \(feature.verdict.rawValue)">\(feature.verdict.rawValue)</span></td>\
            <td class="n">\(feature.different)</td><td class="n">\(feature.compared)</td>\
            <td class="n">\(Share.text(feature.mismatchRate))</td>\
            <td>\(feature.causes.first.map { "<code>\(Markup.escaped($0.code))</code>" } ?? "")</td></tr>
            """
        }
        return """
            <section>
            <h2>\(Markup.escaped(service.service))</h2>
            <p>Plan <code>\(service.planFingerprint.prefix(12))</code>, \(service.rows) rows.</p>
            <div class="wide"><table>
            <thead><tr><th>feature</th><th>verdict</th><th class="n">different</th><th class="n">compared</th>\
            <th class="n">rate</th><th>first cause</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div>
            \(sorted.map { part($1, anchor: anchor(service, $0)) }.joined(separator: "\n"))
            </section>
            """
    }

    /// Features with their places in the service: those that fail, those that are undecided, then the rest.
    private static func worstFirst(_ service: SkewDocument.Service) -> [(Int, SkewDocument.Feature)] {
        func rank(_ feature: SkewDocument.Feature) -> (Int, Double) {
            switch feature.verdict {
            case .fail: (0, -feature.lowerBound)
            case .inconclusive: (1, -(feature.mismatchRate ?? 0))
            case .pass: (2, -(feature.mismatchRate ?? 0))
            }
        }
        return service.features.enumerated().map { ($0, $1) }.sorted { a, b in
            let (left, right) = (rank(a.1), rank(b.1))
            return left == right ? a.0 < b.0 : left < right
        }
    }

    private func anchor(_ service: SkewDocument.Service, _ index: Int) -> String {
        let place = document.services.firstIndex(of: service) ?? 0
        return "s\(place)f\(index)"
    }

    private func part(_ feature: SkewDocument.Feature, anchor: String) -> String {
        let needed = feature.needed.map { " \($0) more values would decide." } ?? ""
        return """
            <details id="\(anchor)"\(feature.different > 0 ? " open" : "")>
            <summary>\(Markup.escaped(feature.feature)) <span class="verdict \(feature.verdict.rawValue)">\
            \(feature.verdict.rawValue)</span></summary>
            <p>\(feature.different) of \(feature.compared) values of \(Markup.escaped(feature.type)) differ: \
            \(Share.text(feature.mismatchRate)), 95 % interval \(Share.text(feature.interval[0])) to \
            \(Share.text(feature.interval[1])).\(needed)\(stale(feature))\(feature.isSensitive ? " Values are masked." : "")</p>
            <div class="plots">
            \(HourPlot(feature).figure)
            \(CausePlot(feature).figure)
            \(AgePlot(feature).figure)
            \(PairPlot(feature).figure)
            </div>
            \(examples(feature))
            </details>
            """
    }

    private func stale(_ feature: SkewDocument.Feature) -> String {
        let staleness = feature.staleness
        let overdue =
            feature.overdue > 0 ? " In \(feature.overdue) rows the stored row was older than the schedule allows." : ""
        guard staleness.compared > 0 else { return overdue }
        let budget = staleness.verdict.map { " (budget: \($0.rawValue))" } ?? ""
        return overdue
            + " Of \(staleness.compared) looked at, \(staleness.stale) had changed since the cut that the schedule has for them"
            + "\(budget): no difference."
    }

    private func examples(_ feature: SkewDocument.Feature) -> String {
        guard !feature.causes.isEmpty else { return "" }
        let rows = feature.causes.flatMap { cause in
            cause.examples.prefix(3).map { example in
                """
                <tr><td><code>\(Markup.escaped(cause.code))</code></td><td>\(shown(example.served))</td><td>\(shown(example.recomputed))</td>\
                <td>\(Markup.escaped(example.keys.map { $0 ?? "NULL" }.joined(separator: ", ")))</td>\
                <td>\(Markup.escaped(example.servedAt))</td></tr>
                """
            }
        }
        let commands = feature.causes.compactMap(\.explain).prefix(3).map { "<p><code>\(Markup.escaped($0))</code></p>" }
        return """
            \(commands.joined())
            <div class="wide"><table>
            <thead><tr><th>cause</th><th>served</th><th>training computes</th><th>keys</th><th>served at</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div>
            """
    }

    private func shown(_ value: String?) -> String { value.map { Markup.escaped($0.prefix(80)) } ?? "<i>NULL</i>" }
}
