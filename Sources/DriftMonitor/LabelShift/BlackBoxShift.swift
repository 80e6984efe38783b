/// BBSE: the prior of the classes now, from what is predicted now and from the confusion on labelled data. Solves C w = mu for the
/// weights w = q / p, cuts them at 0, and renormalises q = w p (Lipton et al. 2018). Valid only if P(X | Y) is unchanged: it cannot
/// see concept drift. Vector: labelshift.bbse.
package struct BlackBoxShift: Hashable, Sendable {
    /// Why an estimate must not be used.
    package enum Refusal: Hashable, Sendable {
        /// The least singular value of the confusion is below 0.05: predictions tell the classes apart too little.
        case confusionTooFlat(leastSingularValue: Double)
        /// Fewer than 30 labelled rows of a class.
        case tooFewLabels(ofClass: Int, count: Double)
        /// The system has no single solution.
        case singular
    }

    /// q / p for each class, not negative.
    package let weights: [Double]
    package let sourcePrior: [Double]
    /// q, summing to 1.
    package let targetPrior: [Double]
    package let conditionNumber: Double
    package let leastSingularValue: Double
    /// Why not to use it, if so.
    package let refusals: [Refusal]

    /// From C[i][j] = P(predicted i, true j) on labelled data, and the shares of the predictions now. `sourceCounts`, the labelled rows
    /// of each class, are checked where given. A condition number above 30 asks for `regularisation` (RLLS, Azizzadenesheli et al. 2019):
    /// w = 1 + argmin |C theta - (mu - C 1)|² + lambda |theta|².
    package init(
        jointConfusion: [[Double]], targetPredictions: [Double], sourceCounts: [Double]? = nil, regularisation: Double = 0
    ) {
        let confusion = Matrix(jointConfusion)
        let prior = (0..<confusion.columns).map { confusion.column($0).reduce(0, +) }
        let singular = confusion.singularValues
        let least = singular.last ?? 0
        let solved = Self.weights(confusion, targetPredictions, regularisation)
        let weights = (solved ?? [Double](repeating: 1, count: prior.count)).map { max(0, $0) }
        let target = zip(weights, prior).map { $0 * $1 }
        let sum = target.reduce(0, +)

        var refusals: [Refusal] = []
        if solved == nil { refusals.append(.singular) }
        if least < 0.05 { refusals.append(.confusionTooFlat(leastSingularValue: least)) }
        for (index, count) in (sourceCounts ?? []).enumerated() where count < 30 {
            refusals.append(.tooFewLabels(ofClass: index, count: count))
        }
        self.weights = weights
        sourcePrior = prior
        targetPrior = sum > 0 ? target.map { $0 / sum } : prior
        leastSingularValue = least
        conditionNumber = least > 0 ? (singular.first ?? 0) / least : .infinity
        self.refusals = refusals
    }

    private static func weights(_ confusion: Matrix, _ target: [Double], _ lambda: Double) -> [Double]? {
        guard lambda > 0 else { return confusion.solve(target) }
        let ones = [Double](repeating: 1, count: confusion.columns)
        let rest = zip(target, confusion.times(ones)).map { $0 - $1 }
        var normal = Matrix(rows: confusion.columns, columns: confusion.columns)
        for i in 0..<confusion.columns {
            for j in 0..<confusion.columns {
                normal[i, j] = zip(confusion.column(i), confusion.column(j)).reduce(0) { $0 + $1.0 * $1.1 }
            }
            normal[i, i] += lambda
        }
        return normal.solve(confusion.transposedTimes(rest))?.map { 1 + $0 }
    }
}
