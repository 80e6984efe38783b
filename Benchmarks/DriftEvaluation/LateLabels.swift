import DriftMonitor
import DriftScenarios

/// The seed scenario: labels a month late look fine while fraud changes.
enum LateLabels {
    static func section() -> [String] {
        let scenarios = (1...10).map { FraudScenario(seed: UInt64($0)).findings() }
        let quiet = (1...10).map { FraudScenario(seed: UInt64(100 + $0), changes: false).findings() }
        func days(_ values: [Int?]) -> String {
            let found = values.compactMap { $0 }.map { Double($0 - FraudScenario.changeDay) }
            guard !found.isEmpty else { return "never" }
            return
                "\(rounded(Quantile.median(found), 0)) (\(rounded(found.min() ?? 0, 0)) to \(rounded(found.max() ?? 0, 0)); \(found.count) of \(values.count))"
        }
        let falseAlerts = quiet.map { $0.falseAlerts + ($0.proxyAlert == nil ? 0 : 1) }.reduce(0, +)
        let falseConcept = quiet.count { $0.finalLabels != nil }
        let falseEarly = quiet.count { $0.earlyLabels != nil }
        var lines = [
            "## Labels that come a month late", "",
            "\(FraudScenario.rowsADay) transactions a day; fraud is labelled 20 to 40 days later. From day \(FraudScenario.changeDay) on card testing "
                + "(small amounts, new devices) grows to a quarter of them in a week, three in ten of it fraud; the model, which learned that "
                + "fraud is large, scores it low. Ten seeds; days from the change to the finding:", "",
            "| what | days, median (least to most) |", "|---|---|",
            "| inputs or scores alert against the training set | \(days(scenarios.map { $0.proxyAlert?.day })) |",
            "| more positive labels than scores explain, before they are final | \(days(scenarios.map(\.earlyLabels))) |",
            "| final labels show concept drift | \(days(scenarios.map(\.finalLabels))) |", "",
            "Without the change, ten other seeds of 160 days: \(falseAlerts) input alerts, \(falseEarly) seeds with an early finding, "
                + "\(falseConcept) with concept drift on some day.", "",
        ]
        if let report = scenarios[0].atAlert, let proxy = scenarios[0].proxyAlert {
            lines += [
                "What `asof drift --outcomes` says on the day of the first seed's alert, day \(proxy.day - FraudScenario.changeDay) after the change "
                    + "(\(proxy.features.joined(separator: ", ")); day 0 is 1970-01-01):", "",
            ]
            lines += report.sentences.map { "> \($0)\n>" } + [""]
        }
        return lines
    }
}
