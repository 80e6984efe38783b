package import FeatureDefs

/// The instant that a run is for.
package enum RunInstant: Hashable, Sendable {
    case at(Timestamp)
    /// The present, as Postgres' clock has it when no other run of the view goes on any more: pushes go by the same clock, and so what was
    /// pushed before is of an earlier instant. Not before the one given, nor before the last run's.
    case present(notBefore: Timestamp)
}
