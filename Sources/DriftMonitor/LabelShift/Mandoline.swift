import Foundation

/// Mandoline: weights labelled rows so that declared slices have the shares that they have now, w ∝ exp(theta . g), theta maximising
/// mean_target(theta . g) - ln mean_source exp(theta . g) (Chen et al. 2021). Valid only if P(Y | X) is unchanged within the slices.
/// Vector: mandoline.three_slices.
package struct Mandoline: Hashable, Sendable {
    package let theta: [Double]
    /// A weight for each labelled row, their mean 1.
    package let weights: [Double]
    /// The greatest difference between a slice's weighted share in the source and its share now.
    package let residual: Double

    /// From a row of slice memberships (0 or 1, or shares) for each labelled row and each row now.
    package init(source: [[Double]], target: [[Double]], regularisation: Double = 0) {
        let width = source.first?.count ?? 0
        let wanted = (0..<width).map { column in target.reduce(0) { $0 + $1[column] } / Double(target.count) }
        var theta = [Double](repeating: 0, count: width)
        var value = Self.objective(theta, source, wanted, regularisation)
        // Newton's steps: the objective is concave. The ridge only keeps slices that imply each other solvable.
        for _ in 0..<200 {
            let weights = Self.weights(theta, source)
            let means = (0..<width).map { column in
                zip(weights, source).reduce(0) { $0 + $1.0 * $1.1[column] } / Double(source.count)
            }
            let gradient = (0..<width).map { wanted[$0] - means[$0] - regularisation * theta[$0] }
            if gradient.allSatisfy({ abs($0) < 1e-15 }) { break }
            var curvature = Matrix(rows: width, columns: width)
            for i in 0..<width {
                for j in 0..<width {
                    let product = zip(weights, source).reduce(0) { $0 + $1.0 * $1.1[i] * $1.1[j] } / Double(source.count)
                    curvature[i, j] = product - means[i] * means[j]
                }
                curvature[i, i] += regularisation + 1e-13
            }
            guard let step = curvature.solve(gradient) else { break }
            var length = 1.0
            var next = theta
            var reached = -Double.infinity
            while length > 1e-10 {
                next = zip(theta, step).map { $0 + length * $1 }
                reached = Self.objective(next, source, wanted, regularisation)
                if reached >= value { break }
                length /= 2
            }
            let isDone = !(reached > value)
            if reached >= value { (theta, value) = (next, reached) }
            if isDone { break }
        }
        self.theta = theta
        let found = Self.weights(theta, source)
        weights = found
        residual = (0..<width).reduce(0) { worst, column in
            let mean = zip(found, source).reduce(0) { $0 + $1.0 * $1.1[column] } / Double(source.count)
            return max(worst, abs(mean - wanted[column]))
        }
    }

    /// (sum w)² / sum w²: how many rows the weighted ones are worth. Refuse the estimate below 100.
    package var effectiveCount: Double {
        let sum = weights.reduce(0, +)
        return sum * sum / weights.reduce(0) { $0 + $1 * $1 }
    }

    /// The weighted mean of what was measured on each labelled row, such as being correct.
    package func estimate(_ measured: [Double]) -> Double {
        zip(weights, measured).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }

    private static func scores(_ theta: [Double], _ rows: [[Double]]) -> [Double] {
        rows.map { row in zip(theta, row).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    private static func weights(_ theta: [Double], _ source: [[Double]]) -> [Double] {
        let scores = scores(theta, source)
        let greatest = scores.max() ?? 0
        let raw = scores.map { exp($0 - greatest) }
        let mean = raw.reduce(0, +) / Double(raw.count)
        return raw.map { $0 / mean }
    }

    private static func objective(_ theta: [Double], _ source: [[Double]], _ wanted: [Double], _ penalty: Double) -> Double {
        let scores = scores(theta, source)
        let greatest = scores.max() ?? 0
        let mean = scores.reduce(0) { $0 + exp($1 - greatest) } / Double(scores.count)
        let size = theta.reduce(0) { $0 + $1 * $1 }
        return zip(theta, wanted).reduce(0) { $0 + $1.0 * $1.1 } - greatest - log(mean) - penalty / 2 * size
    }
}
