/// Whether a retraining pays: p_real max(0, loss now - loss after) horizon against margin (cost + p_regression cost of a regression).
/// Losses in money a day, the horizon in days, costs in money. Vector: trigger.cost_rule.
package struct RetrainingCost: Hashable, Sendable, Codable {
    package var lossPerDayNow: Double
    package var lossPerDayAfter: Double
    package var horizonDays: Double
    package var retrainingCost: Double
    /// The chance that the new model is worse, and what that costs.
    package var regressionProbability: Double
    package var regressionCost: Double

    package init(
        lossPerDayNow: Double, lossPerDayAfter: Double, horizonDays: Double, retrainingCost: Double,
        regressionProbability: Double, regressionCost: Double
    ) {
        self.lossPerDayNow = lossPerDayNow
        self.lossPerDayAfter = lossPerDayAfter
        self.horizonDays = horizonDays
        self.retrainingCost = retrainingCost
        self.regressionProbability = regressionProbability
        self.regressionCost = regressionCost
    }

    /// What is saved over the horizon, if the finding is real with this probability.
    package func gain(probabilityReal: Double) -> Double {
        probabilityReal * max(0, lossPerDayNow - lossPerDayAfter) * horizonDays
    }

    /// cost + p_regression cost of a regression.
    package var cost: Double { retrainingCost + regressionProbability * regressionCost }

    package func pays(probabilityReal: Double, margin: Double) -> Bool {
        gain(probabilityReal: probabilityReal) > margin * cost
    }

    /// (confirmed + 1) / (raised + 2): how often findings of a kind were real, from the team's own acknowledgements.
    package static func probabilityReal(confirmed: Int, raised: Int) -> Double {
        Double(confirmed + 1) / Double(raised + 2)
    }
}
