import DriftMonitor

/// False alarms and delays of the detectors on simulated streams, as monitoring.md §1.3 has them: 60 streams each; 5,000 values without
/// a change, and a change after 2,000 that has 2,000 more to be found in.
enum OperatingCharacteristics {
    typealias Make = () -> any ChangeDetector
    typealias Draw = (inout SplitMix64) -> Double

    private static let streams = 60

    static func section() -> [String] {
        let unit = StreamScale(centre: 0, scale: 1)
        let numeric: [(String, Make, (Double) -> Double, String, String)] = [
            ("ADWIN .002, values as they are", { AdaptiveWindow() }, { $0 }, "0", "352 / 112 / 48"),
            ("ADWIN .002, mapped to 0..1 (what we do)", { AdaptiveWindow() }, unit.unitInterval, "-", "-"),
            ("Page-Hinkley, defaults", { PageHinkley() }, { $0 }, "5.5", "157 / 79 / 41"),
            ("CUSUM k=.25 h=10", { CumulativeSum(slack: 0.25, threshold: 10) }, { $0 }, "10.5", "94 / 31 / 11"),
            ("CUSUM k=.125 h=20", { CumulativeSum(slack: 0.125, threshold: 20) }, { $0 }, "3.3", "112 / 44 / 20"),
            ("CUSUM k=.25 h=16 (ours)", { CumulativeSum() }, { $0 }, "-", "-"),
        ]
        var lines = [
            "## Detectors on simulated streams", "",
            "Beside each figure the one of monitoring.md §1.3, from other random streams. A delay is the median of the streams in which "
                + "the change was found; (n) says in how many of 60 it was not.", "",
            "| on N(0,1) | false alarms in 10,000 | there | delay +.25 / +.5 / +1 sd | there |", "|---|---|---|---|---|",
        ]
        for (name, make, map, alarms, delays) in numeric {
            let found = [0.25, 0.5, 1].map { shift in delay(make, { map($0.normal()) }, { map(shift + $0.normal()) }) }
            lines.append(
                "| \(name) | \(rounded(falseAlarms(make) { map($0.normal()) }, 1)) | \(alarms) | "
                    + "\(found.joined(separator: " / ")) | \(delays) |")
        }
        let flags: [(String, Make, String, String)] = [
            ("ADWIN .002", { AdaptiveWindow() }, "0 / 0", "944 (6)"),
            ("Page-Hinkley, defaults", { PageHinkley() }, "0 / .03", "1315 (6)"),
            ("DDM as published", { DriftDetectionMethod(minimumErrors: 0) }, "3.6 / .6", "392 (5)"),
            ("DDM that waits for 5 errors (ours)", { DriftDetectionMethod() }, "-", "-"),
            ("EDDM", { EarlyDriftDetectionMethod() }, "11 / 29", "177 (0)"),
            ("HDDM_A", { HoeffdingAverage() }, "0 / 0", "1724 (53)"), ("HDDM_W", { HoeffdingWeighted() }, "-", "-"),
        ]
        lines += [
            "", "| on error flags | false alarms in 10,000 at .05 / .20 | there | delay .05 to .10 | there |",
            "|---|---|---|---|---|",
        ]
        for (name, make, alarms, delays) in flags {
            let cries = [0.05, 0.2].map { rounded(falseAlarms(make, flag($0)), 2) }.joined(separator: " / ")
            lines.append("| \(name) | \(cries) | \(alarms) | \(delay(make, flag(0.05), flag(0.1))) | \(delays) |")
        }
        return lines + [""]
    }

    private static func flag(_ p: Double) -> Draw { { random in random.uniform() < p ? 1 : 0 } }

    private static func falseAlarms(_ make: Make, _ draw: Draw) -> Double {
        var alarms = 0
        for stream in 0..<streams {
            var random = SplitMix64(seed: UInt64(1000 + stream))
            var detector = make()
            for _ in 0..<5000 where detector.update(draw(&random)) == .drift { alarms += 1 }
        }
        return Double(alarms) / Double(streams * 5000) * 10_000
    }

    private static func delay(_ make: Make, _ before: Draw, _ after: Draw) -> String {
        var delays: [Double] = []
        for stream in 0..<streams {
            var random = SplitMix64(seed: UInt64(5000 + stream))
            var detector = make()
            for _ in 0..<2000 { _ = detector.update(before(&random)) }
            if let found = (0..<2000).first(where: { _ in detector.update(after(&random)) == .drift }) {
                delays.append(Double(found + 1))
            }
        }
        let missed = streams - delays.count
        let median = delays.isEmpty ? "-" : rounded(Quantile.median(delays), 0)
        return missed > 0 ? "\(median) (\(missed))" : median
    }
}
