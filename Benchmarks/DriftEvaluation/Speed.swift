import DriftMonitor

/// Cells a second of the full numeric profile on one core, and the time to compare the profiles of a thousand features.
enum Speed {
    static func section() -> [String] {
        let cells = 4_000_000
        var random = SplitMix64(seed: 1)
        let normal = ContiguousArray((0..<cells).map { _ in random.normal() })
        let shapes: [(String, ContiguousArray<Double>, ContiguousArray<UInt64>)] = [
            ("normal, all different", normal, []),
            ("lognormal", ContiguousArray(normal.map { exponential(2 * $0) }), []),
            ("whole numbers 0 to 49", ContiguousArray(normal.map { ($0.magnitude * 15).rounded(.down) }), []),
            (
                "normal, a quarter NULL", normal,
                ContiguousArray((0..<((cells + 63) / 64)).map { _ in random.next() | random.next() })
            ),
        ]
        var lines = ["| values | cells a second, one core | ns a cell |", "|---|---|---|"]
        for (name, values, validity) in shapes {
            guard let frame = NumericFrame(baseline: Array(values.prefix(100_000))) else { continue }
            var best = Double.infinity
            for _ in 0..<3 {
                var profile = NumericProfile(frame: frame)
                let seconds = measured { profile.add(values, validity: validity) }
                precondition(profile.counts.rows == UInt64(cells), "all cells are counted")
                best = min(best, seconds)
            }
            let rate = Double(cells) / best
            lines.append("| \(name) | \(rounded(rate / 1e6, 1)) M | \(rounded(1e9 / rate, 0)) |")
        }
        return ["## Speed", ""] + lines + ["", comparison(normal), ""]
    }

    private static func comparison(_ values: ContiguousArray<Double>) -> String {
        let features = 1000
        let pairs = (0..<features).compactMap { feature -> (NumericProfile, NumericProfile)? in
            let start = feature * 3000
            let baseline = Array(values[start..<(start + 2000)])
            guard let frame = NumericFrame(baseline: baseline) else { return nil }
            return (
                NumericProfile(frame: frame, values: baseline),
                NumericProfile(frame: frame, values: Array(values[(start + 2000)..<(start + 3000)]))
            )
        }
        var bytes = 0
        var judged = 0
        let seconds = measured {
            var comparisons: [String: ProfileComparison] = [:]
            for (index, (reference, current)) in pairs.enumerated() {
                comparisons["f\(index)"] = ProfileComparison(reference: reference, current: current)
            }
            judged = NightlyJudgement(comparisons).findings.count
        }
        let decoding = measured {
            for (profile, _) in pairs {
                let encoded = profile.encoded()
                bytes += encoded.count
                if let read = try? NumericProfile(decoding: encoded, frame: profile.frame) { judged += Int(read.counts.null) }
            }
        }
        return "Comparing and judging two profiles of \(features) features (\(judged) statistics): \(rounded(seconds, 3)) s. "
            + "A profile of 2,000 rows takes \(bytes / features) bytes; writing and reading back the \(features) of them: "
            + "\(rounded(decoding, 3)) s."
    }
}
