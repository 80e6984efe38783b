import FeatureDefs
import Oracle

/// The instants at which the definitions decide: spine times, the cuts that follow from them, and, at the distances that the
/// definitions name (windows, ttl, delay), the events that are just in or just out.
struct TimeTraps {
    /// The instants that spine rows are at.
    let spineTimes: [Timestamp]
    /// By source: the instants as of which its rows are judged, and the distances from them that matter.
    private let bySource: [String: (decisions: [Timestamp], distances: [Period], longest: Period)]

    private static let microsecond = Period(microseconds: 1)
    private static let day = Period(microseconds: 86_400_000_000)
    private static let hour = Period(microseconds: 3_600_000_000)

    /// Changes of summer time on both sides of the Atlantic, a leap day, a new year, either side of 1970, and long before.
    private static let origins: [Timestamp] = [
        "2024-03-10T07:00:00Z", "2024-11-03T06:00:00Z", "2024-03-31T01:00:00Z", "2000-02-29T00:00:00Z", "2024-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z", "1969-12-31T20:00:00Z", "1900-02-27T12:00:00Z",
    ].compactMap { Timestamp($0) }

    init(_ views: [FeatureViewPlan], random: inout SeededGenerator) {
        let origin = random.pick(Self.origins)
        var times: [Timestamp] = []
        while times.count < 5 {
            if let earlier = times.last, random.oneIn(5) {
                times.append(earlier - Self.microsecond)
                continue
            }
            times.append(Self.spineTime(near: origin, views.isEmpty ? nil : random.pick(views), &random))
        }
        spineTimes = times
        var bySource: [String: (decisions: [Timestamp], distances: [Period], longest: Period)] = [:]
        for view in views {
            var entry = bySource[view.source.name] ?? ([], [.zero, .zero, view.source.delay], Self.hour)
            entry.decisions += times + times.map { view.cut(at: $0, knowledge: .asServed) }
            entry.distances += view.windowLengths + (view.ttl.map { [$0] } ?? []) + (view.schedule.map { [$0.every] } ?? [])
            entry.longest = max(entry.longest, entry.distances.max() ?? .zero)
            bySource[view.source.name] = entry
        }
        self.bySource = bySource
    }

    /// A time at which a view's cut changes, a microsecond beside one, or somewhere between two.
    private static func spineTime(near origin: Timestamp, _ view: FeatureViewPlan?, _ random: inout SeededGenerator) -> Timestamp
    {
        let every = view?.schedule?.every ?? random.pick([hour, day])
        let lag = view?.schedule?.lag ?? .zero
        let cut = (origin.floored(toMultipleOf: every) + every.times(Int64.random(in: 0...3, using: &random)))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return cut + lag - microsecond
        case 1: return cut + lag + microsecond
        case 2: return cut + lag + every - microsecond
        case 3: return cut + lag + Period(microseconds: Int64.random(in: 0..<every.microseconds, using: &random))
        default: return cut + lag
        }
    }

    /// When something happened: at one of the distances from a decision or a microsecond beside it, or anywhere.
    func event(ofSource name: String, random: inout SeededGenerator) -> Timestamp {
        guard let entry = bySource[name], !entry.decisions.isEmpty else { return .epoch }
        let decision = random.pick(entry.decisions)
        if random.oneIn(4) {
            return decision + entry.longest.times(1, over: 20)
                - Period(microseconds: Int64.random(in: 0...entry.longest.times(6, over: 5).microseconds, using: &random))
        }
        return beside(decision - random.pick(entry.distances), random: &random)
    }

    /// When a row became known: at once, late (often just in time for a decision, or just not), early by a mistake.
    func available(ofSource name: String, event: Timestamp, random: inout SeededGenerator) -> Timestamp {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: event
        case 1: event - Self.hour
        case 2: event + Period(microseconds: Int64.random(in: 0...7_200_000_000, using: &random))
        default:
            beside((bySource[name]?.decisions).map { $0.isEmpty ? event : random.pick($0) } ?? event, random: &random)
        }
    }

    private func beside(_ instant: Timestamp, random: inout SeededGenerator) -> Timestamp {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: instant - Self.microsecond
        case 1: instant + Self.microsecond
        default: instant
        }
    }
}

extension FeatureViewPlan {
    fileprivate var windowLengths: [Period] {
        features.compactMap { feature in
            if case .window(_, _, let length, _) = feature.computation { length } else { nil }
        }
    }
}

extension Period {
    /// The period `numerator / denominator` times; a product too large to be one stays as it is.
    fileprivate func times(_ numerator: Int64, over denominator: Int64 = 1) -> Period {
        let (product, overflow) = microseconds.multipliedReportingOverflow(by: numerator)
        return overflow ? self : Period(microseconds: product / denominator)
    }
}
