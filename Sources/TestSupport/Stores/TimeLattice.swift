import FeatureDefs
import Oracle

/// The instants and periods of a random store: all on one grid or a microsecond beside it, so that ties, and rows exactly
/// at a boundary, are common rather than miracles.
struct TimeLattice: Sendable {
    let origin: Timestamp
    let unit: Period
    static let length = 24

    init(random: inout SeededGenerator) {
        // Around a change of summer time, around 1970, and long before.
        let origins = ["2024-03-10T02:00:00Z", "1969-12-31T20:00:00Z", "1900-02-27T00:00:00Z", "2024-11-03T00:00:00Z"]
        let unit: Period = random.pick([Self.minutes(10), Self.minutes(60), Self.minutes(24 * 60)])
        self.unit = unit
        // A grid point is a whole multiple of the unit since the epoch, as the cuts of schedules are.
        origin = (Timestamp(random.pick(origins)) ?? .epoch).floored(toMultipleOf: unit)
    }

    private static func minutes(_ count: Int64) -> Period { Period(microseconds: count * 60_000_000) }

    /// Whether instants are midnights, or a microsecond beside.
    var isDaily: Bool { unit == Self.minutes(24 * 60) }

    /// A grid point.
    func point(random: inout SeededGenerator) -> Timestamp {
        origin + times(Int64.random(in: 0..<Int64(Self.length), using: &random))
    }

    /// A grid point, or a microsecond before or after one, or somewhere between.
    func instant(random: inout SeededGenerator) -> Timestamp {
        beside(point(random: &random), random: &random)
    }

    func beside(_ instant: Timestamp, random: inout SeededGenerator) -> Timestamp {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: instant - Period(microseconds: 1)
        case 1: instant + Period(microseconds: 1)
        case 2: instant + Period(microseconds: Int64.random(in: 0..<unit.microseconds, using: &random))
        default: instant
        }
    }

    func times(_ count: Int64) -> Period { Period(microseconds: unit.microseconds * count) }

    /// A window, a ttl: a few units, seldom a microsecond more or less.
    func period(random: inout SeededGenerator) -> Period {
        let whole = times(random.pick([1, 1, 2, 3, 6, 12]))
        return random.oneIn(6) ? Period(microseconds: whole.microseconds + random.pick([-1, 1])) : whole
    }

    /// A delay or a lag: often none.
    func shortPeriod(random: inout SeededGenerator) -> Period {
        let half = Period(microseconds: unit.microseconds / 2)
        return random.pick([.zero, .zero, Period(microseconds: 1), half, times(1), times(2)])
    }
}
