import DriftMonitor

extension VectorTopics {
    static func trigger(_ vector: VectorCase) throws -> [String: VectorValue] {
        let rows = try vector.inputs["scenarios"].elements.map { scenario in
            let cost = RetrainingCost(
                lossPerDayNow: try scenario["loss_per_day_now"].number,
                lossPerDayAfter: try scenario["loss_per_day_after"].number,
                horizonDays: try scenario["horizon_days"].number, retrainingCost: try scenario["retrain_cost"].number,
                regressionProbability: try scenario["p_regression"].number,
                regressionCost: try scenario["regression_cost"].number)
            let real = try scenario["p_real"].number
            return VectorValue.object([
                "gain": .number(cost.gain(probabilityReal: real)), "cost": .number(cost.cost),
                "retrain": .bool(cost.pays(probabilityReal: real, margin: try scenario["margin"].number)),
            ])
        }
        return ["rows": .list(rows)]
    }
}
