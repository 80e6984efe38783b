/// ATC and DoC: accuracy without labels, from how confident a model is. Valid only if P(Y | X) is unchanged. Vector: atc.max_confidence.
package struct ConfidenceThreshold: Hashable, Sendable {
    /// The share of labelled rows that were wrong.
    package let sourceError: Double
    /// t: as many labelled scores lie below it as rows were wrong (ties aside). Plus infinity where all were wrong.
    package let threshold: Double
    /// The share of labelled scores at or above t: 1 - sourceError where there are no ties.
    package let sourceShare: Double
    private let sourceMeanConfidence: Double

    /// From the confidence of labelled rows and whether each was right (Garg et al. 2022).
    package init(confidence: [Double], isCorrect: [Bool]) {
        precondition(confidence.count == isCorrect.count, "each score has an outcome")
        let sorted = confidence.sorted()
        let errors = isCorrect.count { !$0 }
        let n = Double(confidence.count)
        sourceError = Double(errors) / n
        let t = errors < sorted.count ? sorted[errors] : .infinity
        threshold = t
        sourceShare = Double(sorted.count { $0 >= t }) / n
        sourceMeanConfidence = sorted.reduce(0, +) / n
    }

    /// ATC: the share of scores at or above t.
    package func accuracy(_ confidence: [Double]) -> Double {
        Double(confidence.count { $0 >= threshold }) / Double(confidence.count)
    }

    /// DoC: the source's accuracy plus the difference of the mean confidences (Guillory et al. 2021).
    package func accuracyByDifference(_ confidence: [Double]) -> Double {
        1 - sourceError + confidence.reduce(0, +) / Double(confidence.count) - sourceMeanConfidence
    }
}
