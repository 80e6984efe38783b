/// How counts become proportions where a bin may be empty. The conventions disagree: one empty bin moves PSI from 0.041 to 0.109
/// (vector: psi.empty_bin_conventions), so each result names the one it was computed by.
package enum Smoothing: Hashable, Sendable {
    /// p = (c + x) / (n + x B). Ours is x = 0.5.
    case additive(Double)
    /// p = max(c / n, eps), then divided by the sum.
    case floorRenormalised(Double)
    /// evidently 0.7: p = c / n; a zero becomes 1e-4, or the least non-zero p / 1e6 where that is at most 1e-4; not renormalised.
    case evidentlyZeroFill
    /// p = c / n.
    case none

    /// The convention of everything that this package decides by.
    package static let canonical = Smoothing.additive(0.5)

    /// The proportions of counts, by this convention. Counts may be fractions (effective counts).
    package func proportions(_ counts: [Double]) -> [Double] {
        let total = counts.reduce(0, +)
        switch self {
        case .additive(let extra):
            let size = total + extra * Double(counts.count)
            return counts.map { ($0 + extra) / size }
        case .floorRenormalised(let floor):
            let raised = counts.map { max($0 / total, floor) }
            let sum = raised.reduce(0, +)
            return raised.map { $0 / sum }
        case .evidentlyZeroFill:
            let plain = counts.map { $0 / total }
            let least = plain.filter { $0 > 0 }.min() ?? 1
            let fill = least <= 1e-4 ? least / 1e6 : 1e-4
            return plain.map { $0 == 0 ? fill : $0 }
        case .none:
            return counts.map { $0 / total }
        }
    }
}
