import DriftMonitor
import Foundation

extension VectorTopics {
    static func psi(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("expected_prop") {
            let stability = PopulationStability(
                reference: try vector.inputs["expected_prop"].numbers, current: try vector.inputs["actual_prop"].numbers)
            return ["psi": .number(stability.value), "terms": VectorValue(stability.terms)]
        }
        if vector.inputs.has("ref_counts") {
            let (reference, current) = (
                try vector.inputs["ref_counts"].numbers, try vector.inputs["cur_counts"].numbers
            )
            // The conventions are named in the expected fields, with their parameter.
            return try Dictionary(
                uniqueKeysWithValues: vector.expected.fields.keys.map { name in
                    let parts = name.split(separator: "_").map(String.init)
                    let smoothing: Smoothing =
                        switch parts[0] {
                        case "additive": .additive(Double(parts[1]) ?? .nan)
                        case "floor": .floorRenormalised(Double(parts[1]) ?? .nan)
                        case "evidently": .evidentlyZeroFill
                        default: throw VectorValue.Unexpected(description: "no convention `\(name)`")
                        }
                    let stability = PopulationStability(
                        referenceCounts: reference, currentCounts: current, smoothing: smoothing)
                    return (name, .number(stability.value))
                })
        }
        let (reference, current) = (try vector.inputs["ref"].stream, try vector.inputs["cur"].stream)
        if try vector.params["bins"].text.contains("sturges") {
            let histogram = EqualWidthHistogram.sturges(reference + current)
            let stability = PopulationStability(
                referenceCounts: histogram.counts(reference).inside, currentCounts: histogram.counts(current).inside,
                smoothing: .evidentlyZeroFill)
            return ["n_bins": VectorValue(histogram.edges.count - 1), "psi": .number(stability.value)]
        }
        // Bins that are quantiles of the reference: what we decide by.
        let stability = PopulationStability(referenceValues: reference, currentValues: current)
        return ["n_bins": VectorValue(stability?.terms.count ?? 0), "psi": .number(stability?.value ?? .nan)]
    }

    static func divergences(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("p") {
            let (p, q) = (try vector.inputs["p"].numbers, try vector.inputs["q"].numbers)
            let divergence = Divergence(reference: p, current: q)
            return [
                "js_divergence_nats": .number(divergence.jensenShannonNats),
                "js_divergence_bits": .number(divergence.jensenShannonBits),
                "js_distance_nats": .number(divergence.jensenShannonDistanceNats),
                "js_distance_bits": .number(divergence.jensenShannonDistanceBits),
                "kl_p_q_nats": .number(divergence.kullbackLeiblerNats),
                "kl_q_p_nats": .number(divergence.reverseKullbackLeiblerNats),
                "psi_q_vs_p": .number(PopulationStability(reference: p, current: q).value),
                "hellinger": .number(divergence.hellinger), "tvd": .number(divergence.totalVariation),
                "l_infinity": .number(divergence.lInfinity),
            ]
        }
        let (reference, current) = (try vector.inputs["ref"].stream, try vector.inputs["cur"].stream)
        let histogram = EqualWidthHistogram.doane(reference)
        let (inside, outside) = histogram.counts(current)
        let divergence = Divergence(reference: histogram.counts(reference).inside + [0], current: inside + [outside])
        return [
            "n_ref_bins": VectorValue(histogram.edges.count - 1), "leftover": .number(outside / Double(current.count)),
            "js_distance": .number(divergence.jensenShannonDistanceBits),
        ]
    }

    static func kolmogorovSmirnov(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("n_m") {
            let alphas = try vector.params["alpha"].numbers
            let critical = try vector.inputs["n_m"].rows.map { sizes in
                alphas.map { KolmogorovSmirnov.criticalDistance(alpha: $0, sizes[0], sizes[1]) }
            }
            // The rule is given as a text: it must be the one that `deequRobustDistance` implements.
            let slack = KolmogorovSmirnov.deequRobustDistance(1, 100, 50)
            let isRule = abs(slack - (1 - 1.8 * (150.0 / 5000).squareRoot())) < 1e-15
            return [
                "D_crit": VectorValue(critical), "deequ_robust": isRule ? "max(0, D - 1.8*sqrt((n+m)/(nm)))" : "another rule",
            ]
        }
        if vector.inputs.has("ref") {
            let (reference, current) = (try vector.inputs["ref"].stream, try vector.inputs["cur"].stream)
            let bins = Bins.quantiles(of: reference, count: 10)
            let bounds = KolmogorovSmirnovBounds(
                referenceCounts: bins.counts(reference), currentCounts: bins.counts(current))
            return [
                "D_lower": .number(bounds.lower), "D_upper": .number(bounds.upper),
                "D_exact": .number(KolmogorovSmirnov(reference, current).distance),
            ]
        }
        let test = KolmogorovSmirnov(try vector.inputs["x"].stream, try vector.inputs["y"].stream)
        return [
            "D": .number(test.distance), "location": .number(test.location), "sign": VectorValue(test.sign),
            "p_exact": .number(test.exactPValue), "p_asymp_scipy": .number(test.finiteSamplePValue),
            "p_kolmogorov_limit": .number(test.limitPValue), "p_stephens": .number(test.stephensPValue),
            "en": .number(test.effectiveCount), "en_rounded": VectorValue(Int(test.effectiveCount.rounded())),
        ]
    }

    static func wasserstein(_ vector: VectorCase) throws -> [String: VectorValue] {
        let (x, y) = (try vector.inputs["x"].stream, try vector.inputs["y"].stream)
        let distance = EarthMover(x, y)
        let normalised = VectorValue.number(EarthMover.evidentlyNormalised(x, y))
        return [
            "w1": .number(distance.wasserstein1), "energy_distance": .number(distance.energyDistance),
            "w1_over_std_ref_pop": normalised, "w1_norm": normalised,
        ]
    }

    static func chiSquare(_ vector: VectorCase) throws -> [String: VectorValue] {
        let (reference, current) = (try vector.inputs["ref_counts"].numbers, try vector.inputs["cur_counts"].numbers)
        let test = ContingencyTest(referenceCounts: reference, currentCounts: current)
        let oneSample = ContingencyTest.oneSample(referenceCounts: reference, currentCounts: current)
        return [
            "chi2": .number(test.chiSquare), "dof": VectorValue(test.degreesOfFreedom), "p": .number(test.chiSquarePValue),
            "expected": VectorValue(test.expected), "g": .number(test.g), "g_p": .number(test.gPValue),
            "cramers_v": .number(test.cramersV), "one_sample_chi2_evidently": .number(oneSample.chiSquare),
            "one_sample_p": .number(oneSample.pValue),
        ]
    }
}
