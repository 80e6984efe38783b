/// When a feature view is computed: as of every whole multiple of `every` since the epoch, served from `lag` later on.
package struct Schedule: Hashable, Sendable, Codable {
    /// Positive.
    package let every: Period
    /// Not negative.
    package let lag: Period

    package init(every: Period, lag: Period) {
        self.every = every
        self.lag = lag
    }

    /// The instant as of which the value served at `t` was computed: `floor((t - lag) / every) * every`.
    package func cut(at t: Timestamp) -> Timestamp {
        (t - lag).floored(toMultipleOf: every)
    }
}
