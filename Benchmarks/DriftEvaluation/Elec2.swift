import DriftMonitor
import Foundation

/// The electricity market of New South Wales, half-hourly, May 1996 to December 1998 (Harries 1999): what is found, and when.
enum Elec2 {
    private struct Stream {
        let name: String
        let values: [Double]
    }

    static func section(_ path: String) throws -> [String] {
        let rows = try CommaSeparated.rows(path).filter { $0.count == 8 }
        let days = rows.map { String($0[0].prefix(10)) }
        let names = ["nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"]
        let streams = names.enumerated().map { index, name in
            Stream(name: name, values: rows.map { Double($0[index + 2]) ?? .nan })
        }
        let classes = rows.map { $0[7] }
        return [
            "## Elec2", "",
            "\(rows.count) half-hours, \(days.first ?? "") to \(days.last ?? ""). The baseline, which the frames are from, is the first eight "
                + "weeks. Daily means are watched by ADWIN (delta 0.002 over five streams); each week is compared with the baseline, and "
                + "with the four weeks before it. A day counts as one row.", "",
            "| stream | changes that ADWIN finds in daily means, at the day of the alarm | weeks that alert against the baseline | "
                + "weeks that alert against the four before |",
            "|---|---|---|---|",
        ] + streams.map { line($0, days) } + errors(classes, days)
    }

    private static let day = 48
    private static let baseline = 56 * day

    private static func line(_ stream: Stream, _ days: [String]) -> String {
        let values = stream.values
        guard let frame = NumericFrame(baseline: Array(values.prefix(baseline))) else { return "| \(stream.name) | - | - |" }
        let scale = StreamScale(centre: frame.centre, scale: frame.scale)
        var window = AdaptiveWindow(delta: 0.002 / 5, clock: 1)
        var found: [String] = []
        var episodeEnds = 0
        for start in stride(from: 0, to: values.count - day + 1, by: day) {
            let mean = values[start..<(start + day)].reduce(0, +) / Double(day)
            let index = start / day
            guard window.update(scale.unitInterval(mean)) == .drift else { continue }
            // Detections within one window are one episode.
            if index >= episodeEnds { found.append(days[start]) }
            episodeEnds = index + Int(window.width)
        }
        let reference = NumericProfile(frame: frame, values: Array(values.prefix(baseline)))
        let weeks = stride(from: 0, to: values.count - 7 * day + 1, by: 7 * day).map { start in
            (start: start, profile: NumericProfile(frame: frame, values: Array(values[start..<(start + 7 * day)])))
        }
        func alerts(_ reference: (Int) -> NumericProfile) -> String {
            var found: [String] = []
            for index in 8..<weeks.count {
                // Half-hours of a day are not independent: a day counts as one.
                let comparison = ProfileComparison(
                    reference: reference(index), current: weeks[index].profile, designEffect: Double(day))
                if NightlyJudgement([stream.name: comparison]).findings.contains(where: { $0.tonight == .alert }) {
                    found.append(days[weeks[index].start])
                }
            }
            let shown = found.count > 4 ? "first \(found[0])" : found.joined(separator: ", ")
            return "\(found.count) of \(weeks.count - 8)\(found.isEmpty ? "" : ": \(shown)")"
        }
        let dates = found.isEmpty ? "none" : found.joined(separator: ", ")
        let before = alerts { index in
            weeks[(index - 4)..<index].reduce(into: NumericProfile(frame: frame)) { $0.merge($1.profile) }
        }
        return "| \(stream.name) | \(dates) | \(alerts { _ in reference }) | \(before) |"
    }

    /// The errors of "as at this time yesterday".
    private static func errors(_ classes: [String], _ days: [String]) -> [String] {
        let flags = classes.indices.dropFirst(day).map { classes[$0] == classes[$0 - day] ? 0.0 : 1.0 }
        let rate = flags.reduce(0, +) / Double(flags.count)
        let detectors: [(String, any ChangeDetector)] = [
            ("ADWIN .002", AdaptiveWindow()), ("DDM, 5 errors", DriftDetectionMethod()), ("EDDM", EarlyDriftDetectionMethod()),
            ("HDDM_A", HoeffdingAverage()), ("HDDM_W", HoeffdingWeighted()), ("Page-Hinkley", PageHinkley()),
        ]
        var lines = [
            "", "Errors of the prediction \"up or down as at this time yesterday\" (\(rounded(100 * rate, 1))% of them):", "",
            "| detector | alarms | the first |", "|---|---|---|",
        ]
        for (name, start) in detectors {
            var detector = start
            let found = flags.indices.filter { detector.update(flags[$0]) == .drift }
            let first = found.first.map { days[$0 + day] } ?? "-"
            lines.append("| \(name) | \(found.count) | \(first) |")
        }
        return lines + [
            "",
            "New South Wales and Victoria were joined in early May 1997; until then the three Victorian columns are constant, and the "
                + "first week that differs from the baseline is the week of the join. Prices and demand never return to the winter of "
                + "1996, so against a baseline of one season every later season alerts: it needs a baseline of a year, or the weeks "
                + "before.", "",
            "The errors of half-hours come in runs, which no detector here allows for: alarms on such a stream are hints, not pages.",
            "",
        ]
    }
}
