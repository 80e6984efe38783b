/// Many p-values, judged together: of one night, one model, one reference (monitoring.md §2.6).
/// Vector: fdr.benjamini_hochberg_1995.
package enum PValueAdjustment: String, CaseIterable, Hashable, Sendable {
    /// p m: bounds the chance of any false rejection.
    case bonferroni
    /// Step-down p (m - i + 1): the same bound, never weaker.
    case holm
    /// Step-up p m / i: bounds the share of false ones among the rejections, tests independent or positively dependent
    /// (Benjamini and Hochberg 1995). For the report.
    case benjaminiHochberg
    /// The same times sum 1/i, for any dependence (Benjamini and Yekutieli 2001). For what pages someone.
    case benjaminiYekutieli

    /// The adjusted p-values, in the order given: reject where they are at most alpha. Capped at 1; NaN counts as 1.
    package func adjusted(_ pValues: [Double]) -> [Double] {
        let p = pValues.map { $0.isNaN ? 1 : $0 }
        let m = Double(p.count)
        let order = p.indices.sorted { p[$0] < p[$1] || (p[$0] == p[$1] && $0 < $1) }
        var result = [Double](repeating: 1, count: p.count)
        switch self {
        case .bonferroni:
            result = p.map { min(1, $0 * m) }
        case .holm:
            var greatest = 0.0
            for (rank, index) in order.enumerated() {
                greatest = max(greatest, min(1, p[index] * (m - Double(rank))))
                result[index] = greatest
            }
        case .benjaminiHochberg, .benjaminiYekutieli:
            let factor = self == .benjaminiYekutieli ? (0..<p.count).reduce(0.0) { $0 + 1 / Double($1 + 1) } : 1
            var least = 1.0
            for (rank, index) in order.enumerated().reversed() {
                least = min(least, p[index] * m * factor / Double(rank + 1))
                result[index] = least
            }
        }
        return result
    }

    /// Which are rejected at alpha, in the order given.
    package func rejected(_ pValues: [Double], alpha: Double) -> [Bool] {
        // A hair of room: an adjusted value is a product, the threshold is not.
        adjusted(pValues).map { $0 <= alpha * (1 + 1e-14) }
    }

    /// Simes' p-value of "none of these is real": min over ranks of m p(i) / i. One view's features become one p first, then its
    /// features are looked at. 1 of none.
    package static func simes(_ pValues: [Double]) -> Double {
        benjaminiHochberg.adjusted(pValues).min() ?? 1
    }
}
