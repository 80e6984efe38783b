import DriftMonitor

extension VectorTopics {
    static func persistence(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("window_flags") {
            var persistence = Persistence(
                required: try vector.params["k"].int, of: try vector.params["n"].int,
                clearsAt: try vector.params["clear_when_at_most"].int)
            var reached: [Bool] = []
            var raised: [Bool] = []
            for flag in try vector.inputs["window_flags"].numbers {
                raised.append(persistence.update(flag != 0))
                reached.append(persistence.isReached)
            }
            return ["k_of_n": VectorValue(reached), "state_with_hysteresis": VectorValue(raised)]
        }
        // `k3_n5_a.05`: the parameters are in the field's name.
        return try Dictionary(
            uniqueKeysWithValues: vector.expected.fields.keys.map { name in
                let parts = name.split(separator: "_").map { String($0.dropFirst()) }
                guard parts.count == 3, let k = Int(parts[0]), let n = Int(parts[1]), let alpha = Double("0" + parts[2]) else {
                    throw VectorValue.Unexpected(description: "no parameters in `\(name)`")
                }
                return (name, .number(Persistence.falseAlarmProbability(required: k, of: n, alpha: alpha)))
            })
    }
}

extension VectorTopics {
    static func falseDiscovery(_ vector: VectorCase) throws -> [String: VectorValue] {
        let alpha = try vector.params["alpha"].number
        if vector.inputs.has("p_in_time_order") {
            var test = OnlineFalseDiscovery(alpha: alpha, initialWealth: try vector.params["w0"].number)
            let judged = try vector.inputs["p_in_time_order"].numbers.map { test.update($0) }
            return ["alpha_t": VectorValue(judged.map(\.level)), "rejected": VectorValue(judged.map(\.isRejected))]
        }
        let pValues = try vector.inputs["p"].numbers
        let names: [PValueAdjustment: String] = [
            .bonferroni: "bonferroni", .holm: "holm", .benjaminiHochberg: "fdr_bh", .benjaminiYekutieli: "fdr_by",
        ]
        return Dictionary(
            uniqueKeysWithValues: PValueAdjustment.allCases.map { method in
                let rejected = method.rejected(pValues, alpha: alpha).count { $0 }
                return (
                    names[method] ?? "",
                    .object(["adjusted": VectorValue(method.adjusted(pValues)), "rejected": VectorValue(rejected)])
                )
            })
    }
}
