import DriftMonitor

extension VectorTopics {
    static func intervals(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("clusters_n_mismatch") {
            let clusters = try vector.inputs["clusters_n_mismatch"].rows.map { (count: $0[0], hits: $0[1]) }
            let alpha = try vector.params["alpha"].number
            let proportion = ClusteredProportion(clusters)
            let naive = BinomialInterval.wilson(proportion.hits, of: proportion.count, alpha: alpha)
            return [
                "n": .number(proportion.count), "k": .number(proportion.hits), "p": .number(proportion.proportion),
                "var": .number(proportion.variance), "deff": .number(proportion.designEffect),
                "n_eff": .number(proportion.effectiveCount), "wilson_naive": naive.vector,
                "wilson_n_eff": proportion.wilson(alpha: alpha).vector,
            ]
        }
        if vector.params.has("p0") {
            let test = SequentialRatioTest(
                acceptable: try vector.params["p0"].number, unacceptable: try vector.params["p1"].number,
                alpha: try vector.params["alpha"].number, beta: try vector.params["beta"].number)
            return [
                "llr_per_mismatch": .number(test.ratioPerMismatch), "llr_per_match": .number(test.ratioPerMatch),
                "upper": .number(test.upper), "lower": .number(test.lower),
                "n_to_accept_with_0_mismatches": VectorValue(test.matchesToAccept),
                "consecutive_mismatches_to_reject": VectorValue(test.mismatchesToReject),
            ]
        }
        // The inputs stand in the expected rows.
        let rows = try vector.expected["rows"].elements.map { row in
            let (k, n, alpha) = (try row["k"].number, try row["n"].number, try row["alpha"].number)
            return VectorValue.object([
                "k": .number(k), "n": .number(n), "alpha": .number(alpha),
                "wilson": BinomialInterval.wilson(k, of: n, alpha: alpha).vector,
                "clopper_pearson": BinomialInterval.clopperPearson(k, of: n, alpha: alpha).vector,
                "jeffreys": BinomialInterval.jeffreys(k, of: n, alpha: alpha).vector,
                "agresti_coull": BinomialInterval.agrestiCoull(k, of: n, alpha: alpha).vector,
                "cp_one_sided_upper": .number(BinomialInterval.clopperPearsonUpper(k, of: n, alpha: alpha)),
                "cp_one_sided_lower": .number(BinomialInterval.clopperPearsonLower(k, of: n, alpha: alpha)),
            ])
        }
        return ["rows": .list(rows)]
    }

    static func kappa(_ vector: VectorCase) throws -> [String: VectorValue] {
        let kappa = CohenKappa(try vector.inputs["a"].ints, try vector.inputs["b"].ints)
        return [
            "kappa": .number(kappa.value()), "kappa_linear": .number(kappa.value(.linear)),
            "kappa_quadratic": .number(kappa.value(.quadratic)), "agreement": .number(kappa.agreement),
        ]
    }
}

extension BinomialInterval {
    var vector: VectorValue { VectorValue([lower, upper]) }
}
