import Foundation

/// A logistic regression with penalty |w|² / 2 on all but the intercept and the sum of log losses (scikit-learn's C = 1), fitted by
/// Newton's steps. Vectors: c2st.logreg_*.
struct LogisticRegression: Hashable, Sendable {
    /// The intercept, then a weight for each column.
    let weights: [Double]

    init(rows: [[Double]], labels: [Bool]) {
        let width = (rows.first?.count ?? 0) + 1
        var weights = [Double](repeating: 0, count: width)
        var loss = Self.loss(weights, rows, labels)
        for _ in 0..<100 {
            var gradient = [Double](repeating: 0, count: width)
            var curvature = Matrix(rows: width, columns: width)
            var extended = [Double](repeating: 1, count: width)
            for (row, label) in zip(rows, labels) {
                for column in row.indices { extended[column + 1] = row[column] }
                let p = 1 / (1 + exp(-Self.score(weights, row)))
                let residual = p - (label ? 1 : 0)
                let weight = p * (1 - p)
                for i in 0..<width {
                    gradient[i] += residual * extended[i]
                    let scaled = weight * extended[i]
                    for j in 0...i { curvature[i, j] += scaled * extended[j] }
                }
            }
            for i in 0..<width {
                for j in 0..<i { curvature[j, i] = curvature[i, j] }
                if i > 0 {
                    gradient[i] += weights[i]
                    curvature[i, i] += 1
                }
            }
            // Separable data leave the intercept's curvature at 0.
            curvature[0, 0] += 1e-12
            guard let step = curvature.solve(gradient) else { break }
            var length = 1.0
            var next = weights
            var reached = Double.infinity
            while length > 1e-8 {
                next = zip(weights, step).map { $0 - length * $1 }
                reached = Self.loss(next, rows, labels)
                if reached <= loss { break }
                length /= 2
            }
            guard reached <= loss else { break }
            let moved = zip(next, weights).reduce(0) { max($0, abs($1.0 - $1.1)) }
            (weights, loss) = (next, reached)
            if moved < 1e-12 { break }
        }
        self.weights = weights
    }

    /// The decision function: intercept + w . x.
    func score(_ row: [Double]) -> Double { Self.score(weights, row) }

    private static func score(_ weights: [Double], _ row: [Double]) -> Double {
        var score = weights[0]
        for column in row.indices { score += weights[column + 1] * row[column] }
        return score
    }

    private static func loss(_ weights: [Double], _ rows: [[Double]], _ labels: [Bool]) -> Double {
        var loss = weights.dropFirst().reduce(0) { $0 + $1 * $1 } / 2
        for (row, label) in zip(rows, labels) {
            let margin = (label ? 1 : -1) * score(weights, row)
            // ln(1 + e^-m), without overflow.
            loss += margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin
        }
        return loss
    }
}
