import Foundation

/// Which of the three shifts lies between two sets of labelled predictions, told apart by what stayed the same:
/// - covariate shift: P(Y | X) is unchanged, P(X) is not;
/// - label shift: P(X | Y) is unchanged, P(Y) is not;
/// - concept drift: P(Y | X) has changed, and no change of P(Y) alone explains it.
///
/// X is seen through the model's score alone: a change that the score does not show is not seen. Both sides must be final, for labels
/// that have not come look like negatives.
package struct ShiftDiagnosis: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case none, covariateShift = "covariate_shift", labelShift = "label_shift", conceptDrift = "concept_drift"
        /// Too few positives, or none of the two sides.
        case unknown
    }

    /// A comparison: its effect, and the chance of one as large.
    package struct Comparison: Hashable, Sendable, Codable {
        package let effect: Double
        package let pValue: Double
        package let hasMoved: Bool
    }

    package let kind: Kind
    /// P(score): stability index in nats; moved from 0.1 on.
    package let scores: Comparison
    /// P(Y): |ln ratio| of the rates; moved from ln 1.25 on.
    package let prior: Comparison
    /// P(Y | score): sum of |observed - expected positives| over the expected; moved from 0.2 on.
    package let calibration: Comparison
    /// P(score | Y), the worse of both classes: Cramér's V; moved from 0.1 on.
    package let classes: Comparison
    package let referencePositives: Int
    package let currentPositives: Int

    /// Below these the comparisons of labels say nothing.
    package static let leastPositives = 30
    private static let alpha = 0.01
    private static let leastExpected = 5.0

    package init(reference: [(score: Double, isPositive: Bool)], current: [(score: Double, isPositive: Bool)]) {
        let bins = ScoreBins(deciles: reference.map(\.score))
        let (before, after) = (bins.counts(reference), bins.counts(current))
        let (n, m) = (Double(reference.count), Double(current.count))
        let (k, l) = (before.reduce(0) { $0 + $1.positives }, after.reduce(0) { $0 + $1.positives })
        (referencePositives, currentPositives) = (Int(k), Int(l))
        scores = Self.scores(before.map(\.rows), after.map(\.rows))
        prior = Self.prior(k, n, l, m)
        calibration = Self.calibration(before, after)
        let positives = Self.shape(before.map(\.positives), after.map(\.positives))
        let negatives = Self.shape(before.map { $0.rows - $0.positives }, after.map { $0.rows - $0.positives })
        classes =
            negatives.hasMoved == positives.hasMoved && negatives.effect > positives.effect
                || negatives.hasMoved && !positives.hasMoved
            ? negatives : positives
        if min(referencePositives, currentPositives) < Self.leastPositives {
            kind = .unknown
        } else if calibration.hasMoved {
            kind = prior.hasMoved && !classes.hasMoved ? .labelShift : .conceptDrift
        } else {
            kind = scores.hasMoved ? .covariateShift : .none
        }
    }

    /// The distribution of scores, which needs no labels.
    static func scores(_ before: [Double], _ after: [Double]) -> Comparison {
        guard before.reduce(0, +) > 0, after.reduce(0, +) > 0 else { return Comparison(effect: 0, pValue: 1, hasMoved: false) }
        let effect = PopulationStability(referenceCounts: before, currentCounts: after).value
        let test = ContingencyTest(referenceCounts: before, currentCounts: after, pooledToExpect: leastExpected)
        return compared(effect, test, gate: 0.1)
    }

    private static func compared(_ effect: Double, _ test: ContingencyTest, gate: Double) -> Comparison {
        let degrees = test.degreesOfFreedom
        let p = degrees > 0 ? ChiSquare.upperTail(test.g, degreesOfFreedom: Double(degrees)) : 1
        return Comparison(effect: effect, pValue: p, hasMoved: effect >= gate && p <= alpha)
    }

    private static func shape(_ before: [Double], _ after: [Double]) -> Comparison {
        guard before.reduce(0, +) > 0, after.reduce(0, +) > 0 else { return Comparison(effect: 0, pValue: 1, hasMoved: false) }
        let test = ContingencyTest(referenceCounts: before, currentCounts: after, pooledToExpect: leastExpected)
        return compared(test.cramersV, test, gate: 0.1)
    }

    private static func prior(_ k: Double, _ n: Double, _ l: Double, _ m: Double) -> Comparison {
        guard n > 0, m > 0 else { return Comparison(effect: 0, pValue: 1, hasMoved: false) }
        let pooled = (k + l) / (n + m)
        let error = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
        let p = error > 0 ? min(1, 2 * Normal.upperTail(abs(k / n - l / m) / error)) : 1
        // Half a row on each side keeps the ratio finite.
        let effect = abs(log((l + 0.5) / (m + 1)) - log((k + 0.5) / (n + 1)))
        return Comparison(effect: effect, pValue: p, hasMoved: effect >= 0.22314355131420976 && p <= alpha)
    }

    /// chi2 = sum over strata of (o - e)² / (e (1 - r)(1 + m / n)), where e = m r, r the reference's rate: what current rows of a score
    /// should have turned out, with both sides' chance. Neighbouring strata are pooled until each expects five of both classes.
    private static func calibration(_ before: [ScoreBins.Counts], _ after: [ScoreBins.Counts]) -> Comparison {
        var strata: [(before: ScoreBins.Counts, after: ScoreBins.Counts)] = []
        var open = (before: ScoreBins.Counts(), after: ScoreBins.Counts())
        for (b, a) in zip(before, after) {
            open.before.rows += b.rows
            open.before.positives += b.positives
            open.after.rows += a.rows
            open.after.positives += a.positives
            guard isEnough(open) else { continue }
            strata.append(open)
            open = (ScoreBins.Counts(), ScoreBins.Counts())
        }
        if open.before.rows + open.after.rows > 0 {
            var last = strata.popLast() ?? (ScoreBins.Counts(), ScoreBins.Counts())
            last.before.rows += open.before.rows
            last.before.positives += open.before.positives
            last.after.rows += open.after.rows
            last.after.positives += open.after.positives
            strata.append(last)
        }
        var (chiSquare, missed, expected) = (0.0, 0.0, 0.0)
        for stratum in strata {
            let (n, m) = (stratum.before.rows, stratum.after.rows)
            let rate = (stratum.before.positives + 0.5) / (n + 1)
            let e = m * rate
            chiSquare +=
                (stratum.after.positives - e) * (stratum.after.positives - e) / max(e * (1 - rate) * (1 + m / max(n, 1)), 1e-9)
            missed += abs(stratum.after.positives - e)
            expected += e
        }
        guard expected > 0 else { return Comparison(effect: 0, pValue: 1, hasMoved: false) }
        let p = ChiSquare.upperTail(chiSquare, degreesOfFreedom: Double(strata.count))
        return Comparison(effect: missed / expected, pValue: p, hasMoved: missed / expected >= 0.2 && p <= alpha)
    }

    private static func isEnough(_ stratum: (before: ScoreBins.Counts, after: ScoreBins.Counts)) -> Bool {
        let (n, m) = (stratum.before.rows, stratum.after.rows)
        guard n > 0, m > 0 else { return false }
        let e = m * stratum.before.positives / n
        return e >= leastExpected && m - e >= leastExpected
    }
}
