import FaultInjection
import SkewChecker

/// docs/skew-evaluation.md.
struct EvaluationPage {
    let outcomes: [FaultOutcome]
    let clean: [FaultOutcome]

    var lines: [String] { introduction + scores + confusion + cleanRuns + distributions }

    private var introduction: [String] {
        [
            "# What the skew check finds, and what it calls it", "",
            "Written by `make skew-evaluation`. Two days of requests over 400 accounts and 60 shops, eight features: of two views and an "
                + "on-demand one, go through the real materializer, Redis, the lookup and the served log; then one thing goes wrong. "
                + "For each request there is the answer that was given and the one that a sound system gives (another Redis that the "
                + "fault spares). Where they differ, a finding must name the fault; everywhere else there must be none.", "",
        ]
    }

    private var scores: [String] {
        [
            "## Single faults, and two at once", "",
            "Precision: of all findings, those that name the fault on a value that it changed. Recall: of the values that it changed, "
                + "those found under its name.", "",
            "| fault | requests | values served | values changed | share | found | precision | recall | verdict |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
            + outcomes.map { outcome in
                "| \(outcome.fault.rawValue) | \(outcome.rows) | \(outcome.values) | \(outcome.touched) | "
                    + "\(Self.share(Double(outcome.touched) / Double(outcome.values))) | \(outcome.findings) | "
                    + "\(Self.share(outcome.precision)) | \(Self.share(outcome.recall)) | \(outcome.verdict.rawValue) |"
            } + [""]
    }

    private var confusion: [String] {
        let columns = Set(outcomes.flatMap { Array($0.causes.keys) + Array($0.strays.keys) }).sorted()
        return [
            "## Confusion", "",
            "Values that the fault changed, by the cause that was found; `stray`: findings on values that it did not change.", "",
            "| fault | " + columns.map { "`\($0.code)`" }.joined(separator: " | ") + " | not found | stray |",
            "|---|" + columns.map { _ in "---|" }.joined() + "---|---|",
        ]
            + outcomes.map { outcome in
                "| \(outcome.fault.rawValue) | "
                    + columns.map { outcome.causes[$0].map(String.init) ?? "" }.joined(separator: " | ")
                    + " | \(outcome.missed) | \(outcome.strays.values.reduce(0, +)) |"
            } + [""]
    }

    private var cleanRuns: [String] {
        let findings = clean.reduce(0) { $0 + $1.findings }
        return [
            "## Nothing wrong", "",
            "\(clean.count) runs without a fault, each from another seed, \(clean.reduce(0) { $0 + $1.values }) values in all: "
                + "\(findings) findings.", "",
        ]
    }

    /// What is usually taken for a shift.
    private static let stabilityGate = 0.1
    private static let distanceGate = 0.1

    private var distributions: [String] {
        [
            "## Distributions alone", "",
            "The same runs, as PSI and Kolmogorov-Smirnov see them: all values served against all that should have been, the worst of the "
                + "numeric features. That flatters them: a real check of distributions has no such reference. `missed`: below PSI 0.1 "
                + "and D 0.1.", "",
            "| fault | PSI | D | |", "|---|---|---|---|",
        ]
            + outcomes.map { outcome in
                let isSeen = outcome.stability >= Self.stabilityGate || outcome.distance >= Self.distanceGate
                return "| \(outcome.fault.rawValue) | \(Self.three(outcome.stability)) | \(Self.three(outcome.distance)) | "
                    + "\(isSeen ? "seen, without a cause" : "missed") |"
            } + [""]
    }

    private static func share(_ value: Double?) -> String { value.map { "\(Double(Int($0 * 100_000)) / 100_000)" } ?? "-" }
    private static func three(_ value: Double) -> String { "\(Double(Int((value * 1000).rounded())) / 1000)" }
}
