import DriftMonitor
import Foundation

/// The electricity market of New South Wales, half-hourly, May 1996 to December 1998 (Harries 1999): what is found, and when.
enum Elec2 {
    private struct Stream {
        let name: String
        let values: [Double]
    }

    static func section(_ path: String) throws -> [String] {
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
            .map { $0.split(separator: ",") }
        let days = rows.map { String($0[0].prefix(10)) }
        let names = ["nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"]
        let streams = names.enumerated().map { index, name in
            Stream(name: name, values: rows.map { Double($0[index + 2]) ?? .nan })
        }
        let classes = rows.map { $0[7] }
        return [
            "## Elec2", "",
            "\(rows.count) half-hours, \(days.first ?? "") to \(days.last ?? ""). The baseline is the first eight weeks; daily means are "
                + "watched by ADWIN (delta 0.002 over five streams), weeks are compared with the baseline.", "",
            "| stream | changes that ADWIN finds in daily means, at the day of the alarm | weeks above the alert gates |",
            "|---|---|---|",
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
        var (weeks, alerts, first) = (0, 0, "")
        for start in stride(from: baseline, to: values.count - 7 * day + 1, by: 7 * day) {
            let week = NumericProfile(frame: frame, values: Array(values[start..<(start + 7 * day)]))
            // Half-hours of a day are not independent: a day counts as one.
            let comparison = ProfileComparison(reference: reference, current: week, designEffect: Double(day))
            weeks += 1
            if NightlyJudgement([stream.name: comparison]).findings.contains(where: { $0.tonight == .alert }) {
                alerts += 1
                if first.isEmpty { first = days[start] }
            }
        }
        let dates = found.isEmpty ? "none" : found.joined(separator: ", ")
        return "| \(stream.name) | \(dates) | \(alerts) of \(weeks)\(first.isEmpty ? "" : ", first \(first)") |"
    }

    /// The errors of "as at this time yesterday".
    private static func errors(_ classes: [Substring], _ days: [String]) -> [String] {
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
            "The errors of half-hours come in runs, which no detector here allows for: alarms on such a stream are hints, not pages.",
            "",
        ]
    }
}
