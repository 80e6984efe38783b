/// Agreement of two raters beyond chance: kappa = 1 - sum(w O) / sum(w E), with weights w of disagreement. Without unit, at most 1.
/// Vector: kappa.three_class.
package struct CohenKappa: Hashable, Sendable {
    /// How much a disagreement by so many classes weighs.
    package enum Weights: String, CaseIterable, Hashable, Sendable {
        /// Every disagreement 1.
        case none
        /// |i - j|.
        case linear
        /// (i - j)².
        case quadratic
    }

    /// Rows by class of the first rater, then of the second, classes in rising order.
    package let confusion: [[Double]]

    /// From the classes that two raters gave the same rows.
    package init(_ a: [Int], _ b: [Int]) {
        precondition(a.count == b.count, "both raters judged the same rows")
        let classes = Array(Set(a).union(b)).sorted()
        let index = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        var confusion = [[Double]](repeating: [Double](repeating: 0, count: classes.count), count: classes.count)
        for (a, b) in zip(a, b) {
            if let row = index[a], let column = index[b] { confusion[row][column] += 1 }
        }
        self.confusion = confusion
    }

    private var total: Double { confusion.joined().reduce(0, +) }

    /// The share of rows on which both agree.
    package var agreement: Double { confusion.indices.reduce(0) { $0 + confusion[$1][$1] } / total }

    /// Kappa; 1 where chance itself leaves no disagreement.
    package func value(_ weights: Weights = .none) -> Double {
        let rows = confusion.map { $0.reduce(0, +) }
        let columns = confusion.indices.map { column in confusion.reduce(0) { $0 + $1[column] } }
        var (observed, chance) = (0.0, 0.0)
        for i in confusion.indices {
            for j in confusion.indices {
                let weight =
                    switch weights {
                    case .none: i == j ? 0.0 : 1.0
                    case .linear: Double(abs(i - j))
                    case .quadratic: Double((i - j) * (i - j))
                    }
                observed += weight * confusion[i][j]
                chance += weight * rows[i] * columns[j] / total
            }
        }
        return chance > 0 ? 1 - observed / chance : 1
    }
}
