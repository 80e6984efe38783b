/// What a team has declared: when a model is not good enough, what a margin a retraining must have, how old it may get.
package struct RetrainingPolicy: Hashable, Sendable, Codable {
    /// The least metric that is acceptable; greater is better. Nil: none is declared.
    package var metricFloor: Double?
    /// By how much a gain must exceed its cost.
    package var margin: Double
    /// Matured labels since the last training that make a retraining worth pricing.
    package var minimumNewLabels: Int
    /// Days after which a model is retrained whatever else is known. Nil: never for its age.
    package var maximumAgeDays: Double?

    package init(
        metricFloor: Double? = nil, margin: Double = 1.5, minimumNewLabels: Int = 1000, maximumAgeDays: Double? = nil
    ) {
        self.metricFloor = metricFloor
        self.margin = margin
        self.minimumNewLabels = minimumNewLabels
        self.maximumAgeDays = maximumAgeDays
    }
}

/// What is known of a model on a night. All of it goes into the record, so that a decision can be replayed.
package struct RetrainingEvidence: Hashable, Sendable, Codable {
    /// A measured quantity, with the interval that it lies in.
    package struct Measured: Hashable, Sendable, Codable {
        package var value: Double
        package var lower: Double
        package var upper: Double

        package init(value: Double, lower: Double, upper: Double) {
            self.value = value
            self.lower = lower
            self.upper = upper
        }
    }

    /// Features of the model with an open skew finding, by name.
    package var openSkew: [String] = []
    /// The metric on cohorts whose labels are final (F >= 0.95); nil while none is.
    package var maturedMetric: Measured?
    /// The metric of the version before on the same cohorts.
    package var previousVersionMetric: Double?
    /// Whether the metric has been below the floor for k of n windows.
    package var isMetricLowPersisted = false
    /// Whether BBSE and MLLS agree on a shift of the labels' shares.
    package var isLabelShiftConfirmed = false
    /// Whether performance within the declared slices is as it was.
    package var areSlicesStable = false
    /// Whether drift of a feature or of the joint distribution has been raised and persists.
    package var isDriftPersisted = false
    /// Findings of the kind that is open, raised before, and confirmed by the team.
    package var findingsRaised = 0
    package var findingsConfirmed = 0
    /// What retraining would cost and save, where it could be estimated.
    package var cost: RetrainingCost?
    /// What the drift costs a day, estimated without labels.
    package var estimatedLoss: Measured?
    /// Matured labels since the last training.
    package var newLabels = 0
    /// What the learning curve promises of them, in money over the horizon.
    package var learningCurveGain = 0.0
    package var modelAgeDays = 0.0
    /// A candidate is in shadow: nothing is triggered until it has passed or failed.
    package var isCandidatePending = false

    package init() {}
}
