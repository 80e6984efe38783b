import Foundation

/// Two samples of categories, compared: Pearson's chi-square, the likelihood ratio G, and Cramér's V as the size of the effect.
/// Vector: chi2.two_sample_4cat.
package struct ContingencyTest: Hashable, Sendable {
    /// sum (observed - expected)^2 / expected over both rows, without Yates' correction.
    package let chiSquare: Double
    /// 2 sum observed ln(observed / expected).
    package let g: Double
    /// Categories that were seen at all, less one.
    package let degreesOfFreedom: Int
    /// sqrt(chi2 / n), as the smaller side of the table is 2: between 0 and 1, without unit.
    package let cramersV: Double
    /// The counts that both rows would have if they were alike, in the order of the categories given.
    package let expected: [[Double]]
    /// Categories after pooling.
    package let categories: Int

    /// From counts, which may be fractions (effective counts).
    package init(referenceCounts: [Double], currentCounts: [Double]) {
        precondition(referenceCounts.count == currentCounts.count, "both rows of the table have the same categories")
        let rows = [referenceCounts, currentCounts]
        let sums = rows.map { $0.reduce(0, +) }
        let total = sums.reduce(0, +)
        let columns = zip(referenceCounts, currentCounts).map { $0 + $1 }
        expected = sums.map { sum in columns.map { total > 0 ? sum * $0 / total : 0 } }
        var (chiSquare, g) = (0.0, 0.0)
        for (row, wanted) in zip(rows, expected) {
            for (observed, want) in zip(row, wanted) where want > 0 {
                chiSquare += (observed - want) * (observed - want) / want
                if observed > 0 { g += 2 * observed * log(observed / want) }
            }
        }
        self.chiSquare = chiSquare
        self.g = max(0, g)
        categories = columns.count { $0 > 0 }
        degreesOfFreedom = sums.contains(0) ? 0 : max(0, categories - 1)
        cramersV = total > 0 ? (chiSquare / total).squareRoot() : 0
    }

    /// The same after the rarest categories have been pooled until each expects at least so many (Cochran's rule): `chi2_p`, `g_p`
    /// and `cramers_v` of monitoring.md §2.4.
    package init(referenceCounts: [Double], currentCounts: [Double], pooledToExpect least: Double) {
        let totals = (referenceCounts.reduce(0, +), currentCounts.reduce(0, +))
        let share = min(totals.0, totals.1) / (totals.0 + totals.1)
        // Rarest first; the order given decides between equals.
        let order = referenceCounts.indices.sorted {
            let (a, b) = (referenceCounts[$0] + currentCounts[$0], referenceCounts[$1] + currentCounts[$1])
            return a < b || (a == b && $0 < $1)
        }
        var pooled: (Double, Double) = (0, 0)
        var reference: [Double] = []
        var current: [Double] = []
        for index in order {
            let isEnough = share * (pooled.0 + pooled.1) >= least
            let isRare = share * (referenceCounts[index] + currentCounts[index]) < least
            if isRare || (!isEnough && pooled.0 + pooled.1 > 0) {
                pooled.0 += referenceCounts[index]
                pooled.1 += currentCounts[index]
            } else {
                reference.append(referenceCounts[index])
                current.append(currentCounts[index])
            }
        }
        if pooled.0 + pooled.1 > 0 {
            reference.append(pooled.0)
            current.append(pooled.1)
        }
        self.init(referenceCounts: reference, currentCounts: current)
    }

    /// P(chi2 or more) when both rows are alike.
    package var chiSquarePValue: Double {
        ChiSquare.upperTail(chiSquare, degreesOfFreedom: Double(degreesOfFreedom))
    }

    /// P(G or more) when both rows are alike.
    package var gPValue: Double { ChiSquare.upperTail(g, degreesOfFreedom: Double(degreesOfFreedom)) }

    /// evidently's one-sample form, which takes the reference, scaled to the current size, as exact and so overstates significance.
    /// Only to compare with that tool. Vector: chi2.two_sample_4cat (`one_sample_chi2_evidently`).
    package static func oneSample(referenceCounts: [Double], currentCounts: [Double]) -> (chiSquare: Double, pValue: Double) {
        let factor = currentCounts.reduce(0, +) / referenceCounts.reduce(0, +)
        let value = zip(referenceCounts, currentCounts).reduce(0) { sum, pair in
            let want = pair.0 * factor
            return sum + (pair.1 - want) * (pair.1 - want) / want
        }
        return (value, ChiSquare.upperTail(value, degreesOfFreedom: Double(referenceCounts.count - 1)))
    }
}
