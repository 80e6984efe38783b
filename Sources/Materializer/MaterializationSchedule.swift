package import FeatureDefs

/// When views are due.
package struct MaterializationSchedule: Hashable, Sendable {
    /// How often `latest` views without a schedule are run.
    package let unscheduledEvery: Period

    package init(unscheduledEvery: Period) {
        self.unscheduledEvery = unscheduledEvery
    }

    /// The instant from which on the view's next run has something to do: a cut's own `lag` after it (DESIGN §2).
    ///
    /// - Parameter lastCut: of the last run; nil when there was none, and then the view is due at once.
    package func nextDue(of view: FeatureViewPlan, lastCut: Timestamp?) -> Timestamp {
        guard let lastCut else { return .negativeInfinity }
        guard let schedule = view.schedule else { return lastCut + unscheduledEvery }
        return lastCut + schedule.every + schedule.lag
    }
}
