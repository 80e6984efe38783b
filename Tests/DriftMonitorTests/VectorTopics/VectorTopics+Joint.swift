import DriftMonitor
import Foundation

extension VectorTopics {
    static func meanDiscrepancy(_ vector: VectorCase) throws -> [String: VectorValue] {
        let (x, y) = (try vector.inputs["x"].rows, try vector.inputs["y"].rows)
        if vector.inputs.has("W") {
            let frame = RandomFourierFrame(
                directions: try vector.inputs["W"].matrix, sigma: try vector.params["sigma"].number)
            func sums(_ rows: [[Double]]) -> RandomFourierSums {
                rows.reduce(into: RandomFourierSums(frame: frame)) { $0.add($1) }
            }
            let (sx, sy) = (sums(x), sums(y))
            let sigma = frame.sigma
            return [
                "sum_x_first4": VectorValue(Array(sx.values.prefix(4))), "sum_y_first4": VectorValue(Array(sy.values.prefix(4))),
                "mmd2_rff_biased": .number(sx.biasedDiscrepancy(sy)),
                "mmd2_rff_unbiased": .number(sx.unbiasedDiscrepancy(sy)),
                "mmd2_exact_unbiased": .number(MaximumMeanDiscrepancy(x, y, squaredBandwidth: sigma * sigma).unbiased),
            ]
        }
        let discrepancy = MaximumMeanDiscrepancy(x, y)
        let alibi = MaximumMeanDiscrepancy.alibiBandwidth(x)
        guard let permutations = discrepancy.enumeratedPermutations() else {
            throw VectorValue.Unexpected(description: "too many splits to enumerate")
        }
        return [
            "median_d2": .number(MaximumMeanDiscrepancy.medianSquaredDistance(x + y)),
            "sigma": .number(discrepancy.squaredBandwidth.squareRoot()), "mmd2_unbiased": .number(discrepancy.unbiased),
            "mmd2_biased": .number(discrepancy.biased), "permutation_total": VectorValue(permutations.total),
            "permutation_ge": VectorValue(permutations.reached), "p_exact_enumeration": .number(permutations.pValue),
            "alibi_sigma_from_ref": .number(alibi),
            "mmd2_unbiased_alibi_sigma": .number(
                MaximumMeanDiscrepancy(x, y, squaredBandwidth: alibi * alibi).unbiased),
            "frouros_mmd": .number(discrepancy.unbiased),
        ]
    }

    static func classifier(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("scores") {
            let separation = RankSeparation(
                scores: try vector.inputs["scores"].numbers, labels: try vector.inputs["labels"].numbers.map { $0 != 0 })
            return [
                "auc": .number(separation.auc), "U": .number(separation.u),
                "p_mw_greater_cc": .number(separation.pValue()),
                "p_mw_greater_nocc": .number(separation.pValue(continuityCorrection: false)),
                "delong_se": .number(separation.standardError), "null_se_no_ties": .number(separation.nullError),
            ]
        }
        let (reference, current) = (try correlated(vector.inputs["ref"]), try correlated(vector.inputs["cur"]))
        func side(_ rows: [[Double]]) -> ClassifierTwoSampleTest.Side {
            .init(rows: rows, folds: rows.indices.map { $0 % 2 }, entities: rows.indices.map { UInt64($0) })
        }
        let linear = ClassifierTwoSampleTest(reference: side(reference), current: side(current), features: .linear)
        let quadratic = ClassifierTwoSampleTest(reference: side(reference), current: side(current))
        func marginal(_ column: Int) -> VectorValue {
            let test = KolmogorovSmirnov(reference.map { $0[column] }, current.map { $0[column] })
            return .number(test.finiteSamplePValue)
        }
        func correlation(_ rows: [[Double]]) -> VectorValue {
            var moments = CoMoments(columns: 2)
            moments.add(rows: rows)
            return .number(moments.correlation(0, 1))
        }
        return [
            "auc_linear_folds": VectorValue(linear.foldAUCs), "auc_quadratic_folds": VectorValue(quadratic.foldAUCs),
            "auc_linear": .number(linear.auc), "auc_quadratic": .number(quadratic.auc),
            "ks_p_x1": marginal(0), "ks_p_x2": marginal(1),
            "corr_ref": correlation(reference), "corr_cur": correlation(current),
            "null_se_fold": .number(quadratic.foldNullErrors[0]),
        ]
    }

    /// a, b nearly normal; x1 = a + mean, x2 = rho a + sqrt(1 - rho²) b + ... as the case's `row` says.
    private static func correlated(_ input: VectorValue) throws -> [[Double]] {
        var generator = VectorGenerator(seed: UInt64(try input["lcg"].number))
        let (rho, mean) = (try input["rho"].number, try input["mean"].number)
        return (0..<(try input["n"].int)).map { _ in
            let (a, b) = (generator.irwin(), generator.irwin())
            return [a + mean, rho * a + (1 - rho * rho).squareRoot() * b]
        }
    }
}
