import DriftMonitor

extension VectorTopics {
    static func labelShift(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("joint_confusion_pred_by_true") {
            let shift = BlackBoxShift(
                jointConfusion: try vector.inputs["joint_confusion_pred_by_true"].rows,
                targetPredictions: try vector.inputs["target_pred_marginal"].numbers)
            return [
                "source_prior": VectorValue(shift.sourcePrior), "w": VectorValue(shift.weights),
                "target_prior": VectorValue(shift.targetPrior), "cond_number": .number(shift.conditionNumber),
                "sigma_min": .number(shift.leastSingularValue),
            ]
        }
        let probabilities = try vector.inputs["calibrated_probs"].rows
        let prior = try vector.inputs["source_prior"].numbers
        let tolerance = try vector.params["tol"].number
        func estimate(after steps: Int) -> MaximumLikelihoodShift {
            MaximumLikelihoodShift(
                probabilities: probabilities, sourcePrior: prior, tolerance: tolerance, maximumSteps: steps)
        }
        let whole = estimate(after: 1_000_000)
        return try Dictionary(
            uniqueKeysWithValues: vector.expected.fields.keys.map { name in
                switch name {
                case "target_prior", "direct_maximum_bfgs": (name, VectorValue(whole.targetPrior))
                case "loglik_ratio": (name, .number(whole.logLikelihoodRatio))
                default:
                    // `after_10_iter`
                    if let steps = Int(name.split(separator: "_").dropFirst().first ?? "") {
                        (name, VectorValue(estimate(after: steps).targetPrior))
                    } else {
                        throw VectorValue.Unexpected(description: "no meaning of `\(name)`")
                    }
                }
            })
    }

    static func calibration(_ vector: VectorCase) throws -> [String: VectorValue] {
        let scores = try vector.inputs["x"].numbers
        let curve = IsotonicCalibration(scores: scores, outcomes: try vector.inputs["y"].numbers)
        return [
            "fitted": VectorValue(scores.map(curve.probability)),
            "query": VectorValue(try vector.inputs["query"].numbers.map(curve.probability)),
        ]
    }

    static func expectedPerformance(_ vector: VectorCase) throws -> [String: VectorValue] {
        let expected = ExpectedPerformance(
            calibrated: try vector.inputs["calibrated"].numbers, threshold: try vector.inputs["threshold"].number)
        return [
            "E_TP": .number(expected.truePositives), "E_FP": .number(expected.falsePositives),
            "E_FN": .number(expected.falseNegatives), "E_TN": .number(expected.trueNegatives),
            "accuracy": .number(expected.accuracy), "precision": .number(expected.precision),
            "recall": .number(expected.recall), "f1": .number(expected.f1), "auc": .number(expected.auc),
            "accuracy_label_sd": .number(expected.accuracyLabelDeviation),
        ]
    }

    static func confidenceThreshold(_ vector: VectorCase) throws -> [String: VectorValue] {
        let threshold = ConfidenceThreshold(
            confidence: try vector.inputs["source_conf"].numbers,
            isCorrect: try vector.inputs["source_correct"].numbers.map { $0 != 0 })
        let target = try vector.inputs["target_conf"].numbers
        return [
            "source_error": .number(threshold.sourceError), "threshold": .number(threshold.threshold),
            "source_fraction_ge_t": .number(threshold.sourceShare),
            "target_accuracy_est": .number(threshold.accuracy(target)),
            "doc_estimate": .number(threshold.accuracyByDifference(target)),
        ]
    }

    static func mandoline(_ vector: VectorCase) throws -> [String: VectorValue] {
        let correct = try vector.inputs["source_correct"].numbers
        let mandoline = Mandoline(
            source: try vector.inputs["source_slices"].rows, target: try vector.inputs["target_slices"].rows,
            regularisation: try vector.params["regularisation"].number)
        return [
            "theta": VectorValue(mandoline.theta), "weights_mean1": VectorValue(mandoline.weights),
            "source_accuracy": .number(correct.reduce(0, +) / Double(correct.count)),
            "target_accuracy_est": .number(mandoline.estimate(correct)), "ess": .number(mandoline.effectiveCount),
            "moment_match_residual": .number(mandoline.residual),
        ]
    }

    static func labelDelay(_ vector: VectorCase) throws -> [String: VectorValue] {
        let maturity = LabelMaturity(delays: try vector.inputs["historical_delays_days"].numbers)
        let estimates = try vector.inputs["cohorts_age_n_positives_seen"].rows.map {
            maturity.estimate(age: $0[0], count: $0[1], positivesSeen: $0[2])
        }
        return [
            "F": VectorValue(estimates.map(\.completeness)), "rate": VectorValue(estimates.map(\.rate)),
            "reportable": VectorValue(estimates.map(\.isReportable)), "naive_rate": VectorValue(estimates.map(\.naiveRate)),
            "sd": VectorValue(estimates.map(\.deviation)),
        ]
    }
}
