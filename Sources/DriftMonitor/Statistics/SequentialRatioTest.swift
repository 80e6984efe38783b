import Foundation

/// Wald's sequential probability ratio test of a mismatch rate: p0 is fine, p1 is not. Needs independent draws, so one cell for each
/// entity. Vector: ci.sprt.
package struct SequentialRatioTest: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable {
        case accept, reject, undecided
    }

    /// What a mismatch adds to the log likelihood ratio: ln(p1 / p0).
    package let ratioPerMismatch: Double
    /// What a match adds: ln((1 - p1) / (1 - p0)), below 0.
    package let ratioPerMatch: Double
    /// At or above ln((1 - beta) / alpha) the rate is p1: reject.
    package let upper: Double
    /// At or below ln(beta / (1 - alpha)) it is p0: accept.
    package let lower: Double

    package init(acceptable p0: Double = 0.001, unacceptable p1: Double = 0.01, alpha: Double = 0.01, beta: Double = 0.01) {
        ratioPerMismatch = log(p1 / p0)
        ratioPerMatch = log((1 - p1) / (1 - p0))
        upper = log((1 - beta) / alpha)
        lower = log(beta / (1 - alpha))
    }

    /// The log likelihood ratio of so many mismatches among so many.
    package func ratio(mismatches: Int, of count: Int) -> Double {
        Double(mismatches) * ratioPerMismatch + Double(count - mismatches) * ratioPerMatch
    }

    package func verdict(mismatches: Int, of count: Int) -> Verdict {
        let ratio = ratio(mismatches: mismatches, of: count)
        return ratio >= upper ? .reject : ratio <= lower ? .accept : .undecided
    }

    /// How many matches in a row accept: ceil(lower / ratioPerMatch).
    package var matchesToAccept: Int { Int((lower / ratioPerMatch).rounded(.up)) }

    /// How many mismatches in a row reject: ceil(upper / ratioPerMismatch).
    package var mismatchesToReject: Int { Int((upper / ratioPerMismatch).rounded(.up)) }
}
