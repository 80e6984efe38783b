import DriftMonitor
import Foundation
import Testing

/// The four comparisons that tell shifts apart, by hand on tables of two scores.
struct ShiftDiagnosisTests {
    /// Rows and positives at score 0.1 and at 0.9.
    private func rows(_ low: (rows: Int, positives: Int), _ high: (rows: Int, positives: Int)) -> [(
        score: Double, isPositive: Bool
    )] {
        (0..<low.rows).map { (0.1, $0 < low.positives) } + (0..<high.rows).map { (0.9, $0 < high.positives) }
    }

    @Test func rowsOfAScoreAreHeldToTheReferencesRateWithBothSidesChance() {
        let found = ShiftDiagnosis(
            reference: rows((1000, 200), (1000, 600)), current: rows((500, 120), (500, 290))
        ).calibration
        let strata = [(rate: 200.5 / 1001, seen: 120.0), (rate: 600.5 / 1001, seen: 290.0)]
        let expected = strata.map { 500 * $0.rate }
        let missed = zip(strata, expected).map { abs($0.seen - $1) }
        let chiSquare = zip(strata, zip(expected, missed)).reduce(0) { sum, stratum in
            sum + stratum.1.1 * stratum.1.1 / (stratum.1.0 * (1 - stratum.0.rate) * 1.5)
        }
        #expect(abs(found.effect - missed.reduce(0, +) / expected.reduce(0, +)) < 1e-12)
        // Of two degrees of freedom.
        #expect(abs(found.pValue - exp(-chiSquare / 2)) < 1e-12 && !found.hasMoved)
    }

    /// Of 0.9 nearly all turn out positive: too few negatives are expected to judge it alone.
    @Test func aScoreThatExpectsTooLittleIsPooledWithTheOneBefore() {
        let found = ShiftDiagnosis(
            reference: rows((1000, 200), (300, 297)), current: rows((500, 100), (100, 90))
        ).calibration
        let (rate, rows) = (497.5 / 1301, 600.0)
        let expected = rows * rate
        let chiSquare = pow(190 - expected, 2) / (expected * (1 - rate) * (1 + rows / 1300))
        #expect(abs(found.effect - abs(190 - expected) / expected) < 1e-12)
        #expect(abs(found.pValue - erfc((chiSquare / 2).squareRoot())) < 1e-12)
    }

    /// More positives, which score as before, and negatives that do not: no shift of labels alone.
    @Test func theClassThatScoresOtherwiseDecides() {
        let before = rows((400, 100), (400, 300))
        let moved = ShiftDiagnosis(reference: before, current: rows((250, 150), (550, 450)))
        #expect(moved.prior.hasMoved && moved.classes.hasMoved && moved.kind == .conceptDrift)
        #expect(abs(moved.classes.effect - 0.25) < 1e-12)
        let labels = ShiftDiagnosis(reference: before, current: rows((300, 150), (500, 450)))
        #expect(labels.prior.hasMoved && !labels.classes.hasMoved && labels.kind == .labelShift)
        #expect(abs(labels.prior.effect - abs(log(600.5 / 801) - log(400.5 / 801))) < 1e-12)
    }

    /// A large difference of few rows, and a sure one that is small, have not moved.
    @Test func whatHasMovedIsLargeAndSure() {
        let few = ShiftDiagnosis(reference: rows((60, 30), (60, 30)), current: rows((40, 15), (40, 15)))
        #expect(few.prior.effect > 0.25 && few.prior.pValue > 0.01 && !few.prior.hasMoved)
        let many = ShiftDiagnosis(
            reference: rows((50_000, 10_000), (50_000, 30_000)), current: rows((50_000, 11_000), (50_000, 33_000)))
        #expect(many.prior.pValue < 1e-6 && many.prior.effect < 0.2 && !many.prior.hasMoved)
        #expect(many.calibration.pValue < 1e-6 && many.calibration.effect < 0.2 && many.kind == .none)
        let scores = ShiftDiagnosis(reference: rows((50, 30), (50, 30)), current: rows((21, 10), (9, 5)))
        #expect(scores.scores.effect > 0.1 && scores.scores.pValue > 0.01 && !scores.scores.hasMoved)
    }
}
