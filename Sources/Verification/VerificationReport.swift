/// What `asof verify` found.
package struct VerificationReport: Sendable {
    package let seed: UInt64
    /// Generated stores that were judged.
    package let runs: Int
    /// Values held against the oracle's.
    package let compared: Int
    /// The first disagreement; nil when all agree.
    package let finding: VerificationFinding?

    package init(seed: UInt64, runs: Int, compared: Int, finding: VerificationFinding?) {
        self.seed = seed
        self.runs = runs
        self.compared = compared
        self.finding = finding
    }
}

/// A disagreement on the smallest rows that show it.
package struct VerificationFinding: Sendable {
    package let subject: VerificationSubject
    /// Gives the case again, with one run.
    package let seed: UInt64
    package let disagreement: Disagreement
    package let smallest: VerificationCase
    /// What every way makes of the smallest case, in each mode that the disagreement is about.
    package let answers: [WayAnswer]
}

/// What one way makes of the disagreeing feature.
package struct WayAnswer: Hashable, Sendable {
    package let way: String
    /// As reports show it: `3`, `NULL`, `'a'`, `fails: division by zero`.
    package let text: String
}
