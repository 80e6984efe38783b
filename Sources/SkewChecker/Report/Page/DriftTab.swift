package import DriftMonitor
import Foundation

/// What a service's page shows of drift: its nights against the references, and what labels say.
package struct DriftTab: Sendable {
    package let service: String
    package let histories: [DriftHistory]
    package let outcomes: OutcomeReport?
    /// Why there is nothing to show, if so.
    package let missing: String?

    package init(service: String, histories: [DriftHistory], outcomes: OutcomeReport?, missing: String?) {
        self.service = service
        self.histories = histories
        self.outcomes = outcomes
        self.missing = missing
    }

    private static let plottedFeatures = 24

    var text: String {
        """
        <section>
        <h2>\(Markup.escaped(service))</h2>
        \(missing.map { "<p class=\"inconclusive\">\(Markup.escaped($0))</p>" } ?? "")
        \(histories.map(part).joined(separator: "\n"))
        \(outcomes.map { OutcomesPart($0).text } ?? "<p>No labels were given (<code>--outcomes</code>): what differs here is inputs.</p>")
        </section>
        """
    }

    private func part(_ history: DriftHistory) -> String {
        let against = history.reference == .training ? "the training set" : "the same weekday of the four weeks before"
        let alerts = history.features.filter { $0.cells.last??.state == .alert }.map(\.name)
        let now =
            alerts.isEmpty
            ? "Nothing is raised on the last night." : "Raised on the last night: \(alerts.joined(separator: ", "))."
        let pairs = history.pairs.prefix(12).map { pair in
            """
            <tr><td>\(Markup.escaped(pair.name))</td><td>\(Markup.escaped(pair.detail ?? ""))</td>\
            <td class="n">\(Plot.number(pair.worst))</td><td>\(NightStrip(pair.cells, days: history.days).text)</td></tr>
            """
        }
        let joint =
            pairs.isEmpty
            ? "<p>No pair of features has changed how it goes together.</p>"
            : """
            <h4>Pairs that go together otherwise</h4>
            <div class="wide"><table>
            <thead><tr><th>pair</th><th>correlation, last night</th><th class="n">most, in gates</th><th>nights</th></tr></thead>
            <tbody>\(pairs.joined(separator: "\n"))</tbody></table></div>
            """
        return """
            <h3>Against \(against)</h3>
            <p>\(Markup.escaped(now))</p>
            \(HeatMap(history).figure)
            \(joint)
            <div class="plots">
            \(history.features.prefix(Self.plottedFeatures).map { DistributionPlot($0, days: history.days).figure }.joined(separator: "\n"))
            </div>
            """
    }
}

/// Features by nights: the stronger, the nearer to the gate; red: above it.
struct HeatMap {
    private let history: DriftHistory

    init(_ history: DriftHistory) { self.history = history }

    private static let (row, rows) = (16.0, 40)

    var figure: String {
        let features = history.features.prefix(Self.rows)
        guard !features.isEmpty, !history.days.isEmpty else { return "" }
        let left = 170.0
        let step = (720 - left - 8) / Double(history.days.count)
        let bottom = 8 + Self.row * Double(features.count)
        var marks: [String] = []
        for (index, feature) in features.enumerated() {
            let y = 8 + Self.row * Double(index)
            marks.append(Plot.text(Self.short(feature.name), x: left - 6, y: y + 12, anchor: "end"))
            for (place, cell) in feature.cells.enumerated() {
                let x = left + step * Double(place)
                let day = OutcomeReport.dateText(history.days[place])
                guard let cell else {
                    marks.append(Self.square("none", 1, x, y, step, "\(day): not compared"))
                    continue
                }
                let (kind, strength) = cell.excess >= 1 ? ("bad", 1) : ("mark", 0.08 + 0.8 * cell.excess)
                let words =
                    "\(feature.name), \(day): \(cell.statistic.rawValue) \(Plot.number(cell.excess)) gates, \(cell.state.rawValue)"
                marks.append(Self.square(kind, strength, x, y, step, words))
                // Told apart without colour too.
                if cell.state == .alert {
                    marks.append(
                        Plot.text("!", x: x + step / 2, y: y + 12, anchor: "middle").replacing(
                            "<text ", with: "<text class=\"on\" "))
                }
            }
        }
        marks.append(Plot.text(OutcomeReport.dateText(history.days[0]), x: left, y: bottom + 14))
        marks.append(
            Plot.text(OutcomeReport.dateText(history.days[history.days.count - 1]), x: 712, y: bottom + 14, anchor: "end"))
        let more = history.features.count > Self.rows ? " The \(Self.rows) worst of \(history.features.count)." : ""
        let caption = "Features by nights: the stronger, the nearer to the alert gate; red is above it, ! is raised.\(more)"
        return """
            <div class="wide"><figure class="map"><svg viewBox="0 0 720 \(Plot.number(bottom + 20))" role="img" aria-label="\(Markup.escaped(caption))">
            \(marks.joined(separator: "\n"))
            </svg><figcaption>\(Markup.escaped(caption))</figcaption></figure></div>
            """
    }

    static func square(_ kind: String, _ strength: Double, _ x: Double, _ y: Double, _ width: Double, _ words: String) -> String {
        "<rect class=\"\(kind)\" fill-opacity=\"\((strength * 100).rounded() / 100)\" x=\"\(Plot.number(x))\" y=\"\(Plot.number(y))\" "
            + "width=\"\(Plot.number(max(1, width - 1)))\" height=\"15\"><title>\(Markup.escaped(words))</title></rect>"
    }

    private static func short(_ name: String) -> String { name.count > 26 ? "…" + name.suffix(25) : name }
}

/// One row of a heat map, within a line of a table.
struct NightStrip {
    private let cells: [DriftHistory.Cell?]
    private let days: [Int]

    init(_ cells: [DriftHistory.Cell?], days: [Int]) {
        self.cells = cells
        self.days = days
    }

    var text: String {
        let step = 200.0 / Double(max(1, cells.count))
        let marks = cells.enumerated().map { place, cell in
            let day = OutcomeReport.dateText(days[place])
            guard let cell else { return HeatMap.square("none", 1, step * Double(place), 0, step, "\(day): not compared") }
            return HeatMap.square(
                cell.excess >= 1 ? "bad" : "mark", cell.excess >= 1 ? 1 : 0.08 + 0.8 * cell.excess, step * Double(place), 0, step,
                "\(day): \(Plot.number(cell.excess)) gates")
        }
        return "<svg class=\"strip\" viewBox=\"0 0 200 16\" role=\"img\" aria-label=\"nights\">\(marks.joined())</svg>"
    }
}

/// A feature's values night by night, over its reference's.
struct DistributionPlot {
    private let feature: DriftHistory.Feature
    private let days: [Int]

    init(_ feature: DriftHistory.Feature, days: [Int]) {
        self.feature = feature
        self.days = days
    }

    var figure: String {
        let quantiles = feature.summaries.map { summary -> [Double]? in
            if case .quantiles(let values) = summary { values } else { nil }
        }
        let shares = feature.summaries.map { summary -> [Double]? in if case .shares(let values) = summary { values } else { nil }
        }
        if quantiles.contains(where: { $0 != nil }) { return bands(quantiles) }
        return shares.contains { $0 != nil } && !feature.values.isEmpty ? lines(shares) : ""
    }

    private func x(_ place: Int) -> Double {
        Plot.left + (Plot.right - Plot.left) * (Double(place) + 0.5) / Double(max(1, days.count))
    }

    private func bands(_ nights: [[Double]?]) -> String {
        var reference: [Double]?
        if case .quantiles(let values) = feature.reference { reference = values }
        let all = nights.compactMap { $0 }.joined() + (reference ?? [])
        guard let least = all.min(), let greatest = all.max() else { return "" }
        let span = greatest - least
        func y(_ value: Double) -> Double {
            span > 0 && span.isFinite
                ? Plot.bottom - (Plot.bottom - Plot.top) * (value - least) / span : (Plot.top + Plot.bottom) / 2
        }
        var marks = [Plot.axes]
        for index in [0, 2, 4] {
            guard let value = reference?[index] else { continue }
            marks.append(
                "<path class=\"limit\" d=\"M\(Plot.number(Plot.left)) \(Plot.number(y(value)))H\(Plot.number(Plot.right))\"/>")
        }
        let width = max(1.5, (Plot.right - Plot.left) / Double(max(1, days.count)) * 0.5)
        for (place, night) in nights.enumerated() {
            guard let night else { continue }
            let middle = x(place)
            let kind = feature.cells[place].map { $0.state == .alert } == true ? "bad" : "mark"
            marks.append(
                "<path class=\"whisker\" d=\"M\(Plot.number(middle)) \(Plot.number(y(night[0])))V\(Plot.number(y(night[4])))\"/>")
            marks.append(
                Plot.rectangle(
                    kind, x: middle - width / 2, y: y(night[3]), width: width, height: max(1, y(night[1]) - y(night[3]))))
            marks.append(
                "<path class=\"median\" d=\"M\(Plot.number(middle - width / 2)) \(Plot.number(y(night[2])))h\(Plot.number(width))\"/>"
            )
        }
        marks += labels(Plot.short(least, limit: 1e5), Plot.short(greatest, limit: 1e5))
        return Plot.figure(
            "\(feature.name): 5th to 95th percentile, quartiles and median by night"
                + (reference == nil ? "" : "; dashed: the reference's 5th, 50th, 95th"),
            marks)
    }

    private func lines(_ nights: [[Double]?]) -> String {
        var reference: [Double]?
        if case .shares(let values) = feature.reference { reference = values }
        let greatest = max(0.01, (nights.compactMap { $0 }.joined() + (reference ?? [])).max() ?? 0)
        func y(_ share: Double) -> Double { Plot.bottom - (Plot.bottom - Plot.top) * share / greatest }
        var marks = [Plot.axes]
        for index in feature.values.indices {
            if let share = reference?[index] {
                marks.append(
                    "<path class=\"limit\" d=\"M\(Plot.number(Plot.left)) \(Plot.number(y(share)))H\(Plot.number(Plot.right))\"/>"
                )
            }
            var path = ""
            for (place, night) in nights.enumerated() {
                guard let night else { continue }
                path += "\(path.isEmpty ? "M" : "L")\(Plot.number(x(place))) \(Plot.number(y(night[index])))"
            }
            marks.append("<path class=\"line\" d=\"\(path)\"/>")
            if let last = nights.last(where: { $0 != nil }) ?? nil {
                marks.append(
                    Plot.text(String(feature.values[index].prefix(14)), x: Plot.right, y: y(last[index]) - 3, anchor: "end"))
            }
        }
        marks += labels("0", Share.text(greatest))
        return Plot.figure(
            "\(feature.name): shares of the most frequent values by night"
                + (reference == nil ? "" : "; dashed: the reference's"), marks)
    }

    private func labels(_ least: String, _ greatest: String) -> [String] {
        var labels = [
            Plot.text(greatest, x: Plot.left - 4, y: Plot.top + 8, anchor: "end"),
            Plot.text(least, x: Plot.left - 4, y: Plot.bottom, anchor: "end"),
        ]
        guard let first = days.first, let last = days.last else { return labels }
        labels.append(Plot.text(OutcomeReport.dateText(first), x: Plot.left, y: Plot.bottom + 16))
        if days.count > 1 {
            labels.append(Plot.text(OutcomeReport.dateText(last), x: Plot.right, y: Plot.bottom + 16, anchor: "end"))
        }
        return labels
    }
}

/// How complete the labels of each week are, and what they mean.
struct OutcomesPart {
    private let report: OutcomeReport

    init(_ report: OutcomeReport) { self.report = report }

    var text: String {
        let rows = report.cohorts.map { cohort in
            """
            <tr><td>\(OutcomeReport.dateText(cohort.from)) to \(OutcomeReport.dateText(cohort.to - 1))</td>\
            <td class="n">\(cohort.rows)</td><td class="n">\(cohort.positivesSeen)</td><td class="n">\(Share.text(cohort.completeness))</td>\
            <td>\(cohort.stage.rawValue)</td><td class="n">\(Share.text(cohort.naiveRate))</td>\
            <td class="n">\(cohort.rate.map { Share.text($0) } ?? "hidden")</td>\
            <td class="n">\(cohort.expectedRate.map { Share.text($0) } ?? "")</td></tr>
            """
        }
        return """
            <h3>Labels</h3>
            \(figure)
            <div class="wide"><table>
            <thead><tr><th>predictions of</th><th class="n">rows</th><th class="n">positive so far</th><th class="n">F</th><th>labels</th>\
            <th class="n">rate so far</th><th class="n">rate</th><th class="n">expected by scores</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            \(report.sentences.map { "<p>\(Markup.escaped($0))</p>" }.joined(separator: "\n"))
            """
    }

    private var figure: String {
        let cohorts = Array(report.cohorts.reversed())
        guard let first = cohorts.first, let last = cohorts.last else { return "" }
        let step = (Plot.right - Plot.left) / Double(cohorts.count)
        var marks = [Plot.axes]
        for (place, cohort) in cohorts.enumerated() {
            let height = (Plot.bottom - Plot.top) * min(1, cohort.completeness)
            marks.append(
                HeatMap.square(
                    cohort.stage == .hidden ? "bad" : "mark", cohort.stage == .provisional ? 0.5 : 1,
                    Plot.left + step * Double(place),
                    Plot.bottom - height, step,
                    "\(OutcomeReport.dateText(cohort.from)): F \(Share.text(cohort.completeness)), \(cohort.stage.rawValue)"
                ).replacing("height=\"15\"", with: "height=\"\(Plot.number(height))\""))
        }
        let y = Plot.number(Plot.bottom - (Plot.bottom - Plot.top) * 0.95)
        marks.append("<path class=\"limit\" d=\"M\(Plot.number(Plot.left)) \(y)H\(Plot.number(Plot.right))\"/>")
        marks.append(Plot.text("100 %", x: Plot.left - 4, y: Plot.top + 8, anchor: "end"))
        marks.append(Plot.text("0", x: Plot.left - 4, y: Plot.bottom, anchor: "end"))
        marks.append(Plot.text(OutcomeReport.dateText(first.from), x: Plot.left, y: Plot.bottom + 16))
        marks.append(Plot.text(OutcomeReport.dateText(last.to - 1), x: Plot.right, y: Plot.bottom + 16, anchor: "end"))
        let through = report.labelsThrough.map { "final through \(OutcomeReport.dateText($0))" } ?? "none is final"
        return "<div class=\"plots\">"
            + Plot.figure("How complete labels are, by week of the prediction: \(through); red is hidden, dashed 95 %", marks)
            + "</div>"
    }
}
