package import FeatureDefs

/// What a logged value is recomputed by: each step changes one thing, so that the first one that differs names the cause
/// (monitoring.md §3.2). All are the same point-in-time join, with another cut or other knowledge.
package enum LadderStep: Hashable, Sendable {
    /// V1: at the cut of the stored row that was read, from the rows that the run which wrote it could see. Where no row was
    /// read, as the newest finished run would have written it.
    ///
    /// - Parameter seesDoubtful: whether rows of transactions that were open when the run began, or ended since, were seen: the
    ///   record of a run knows the span of their numbers only.
    case record(seesDoubtful: Bool)
    /// As the newest run that had finished by the instant of serving wrote it, or should have.
    case newestRun
    /// As `newestRun`, had the cut been so much earlier.
    case newestRunEarlier(by: Period)
    /// V2: at that run's cut, with all rows that have come since.
    case arrivedSince
    /// V3: at the cut that the contract has for the instant of serving: what training computes.
    case contract
    /// At the instant of serving itself, schedule or not.
    case fresh
    /// As `record`, had the events happened so much later.
    case eventsShifted(by: Period)
    /// As `record`, had the cut been so much earlier.
    case cutEarlier(by: Period)
}
