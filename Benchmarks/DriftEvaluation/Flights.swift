import DriftMonitor
import Foundation

/// US flights of January to March 2001, week on week: what differs from the four weeks before.
enum Flights {
    private struct Flight {
        let day: Int
        let delay: Double
        let distance: Double
        let hour: Double
        let origin: String
    }

    static func section(_ path: String) throws -> [String] {
        let flights = try CommaSeparated.rows(path).compactMap { fields -> Flight? in
            guard fields.count == 7, let day = dayOfYear(fields[1]), let delay = Double(fields[2]),
                let distance = Double(fields[4]), let hour = Double(fields[1].dropFirst(11).prefix(2))
            else { return nil }
            return Flight(day: day, delay: delay, distance: distance, hour: hour, origin: fields[5])
        }
        let weeks = Dictionary(grouping: flights) { $0.day / 7 }
        let last = weeks.keys.max() ?? 0
        var lines = [
            "## Flights, week on week", "",
            "\(flights.count) flights of January to March 2001 in \(last + 1) weeks from January 1 on, each against the (up to four) weeks "
                + "before; the frames are those of the first week. Flights of one day share its weather: rows are counted by the "
                + "design effect of \"over 15 minutes late\" by day.", "",
            "| week from | flights | design effect | above the gates | above them if flights were independent |",
            "|---|---|---|---|---|",
        ]
        guard let first = weeks[0] else { return lines }
        let numbers: [(name: String, value: KeyPath<Flight, Double>)] = [
            ("delay", \.delay), ("distance", \.distance), ("hour", \.hour),
        ]
        for week in 1...max(1, last) {
            guard let current = weeks[week] else { continue }
            let before = (max(0, week - 4)..<week).flatMap { weeks[$0] ?? [] }
            let effect = max(designEffect(before), designEffect(current))
            func found(_ effect: Double) -> String {
                var comparisons: [String: ProfileComparison] = [:]
                for (name, value) in numbers {
                    guard let frame = NumericFrame(baseline: first.map { $0[keyPath: value] }) else { continue }
                    comparisons[name] = ProfileComparison(
                        reference: NumericProfile(frame: frame, values: before.map { $0[keyPath: value] }),
                        current: NumericProfile(frame: frame, values: current.map { $0[keyPath: value] }), designEffect: effect)
                }
                comparisons["origin"] = ProfileComparison(
                    reference: origins(before), current: origins(current), designEffect: effect)
                let found = NightlyJudgement(comparisons).findings.filter { $0.tonight != .quiet }.map {
                    "\($0.key.feature) \($0.key.statistic.rawValue) \(rounded($0.measurement.value, 3))"
                        + ($0.tonight == .alert ? " **alert**" : "")
                }
                return found.isEmpty ? "-" : found.joined(separator: ", ")
            }
            lines.append(
                "| \(date(7 * week)) | \(current.count) | \(rounded(effect, 1)) | \(found(effect)) | \(found(1)) |")
        }
        return lines + [
            "",
            "What a comparison of independent rows calls drift here is mostly weather, which a day's flights share: by the days' own "
                + "spread no week of this quarter differs from the four before.", "",
        ]
    }

    private static func origins(_ flights: [Flight]) -> CategoryProfile {
        flights.reduce(into: CategoryProfile()) { $0.add($1.origin) }
    }

    private static func designEffect(_ flights: [Flight]) -> Double {
        let days = Dictionary(grouping: flights, by: \.day).sorted { $0.key < $1.key }
        let clusters = days.map { (count: Double($0.value.count), hits: Double($0.value.count { $0.delay > 15 })) }
        return max(1, ClusteredProportion(clusters).designEffect)
    }

    /// Days since January 1, of a date in the first quarter of 2001.
    private static func dayOfYear(_ text: String) -> Int? {
        guard let month = Int(text.dropFirst(5).prefix(2)), let day = Int(text.dropFirst(8).prefix(2)), (1...3).contains(month)
        else { return nil }
        return [0, 31, 59][month - 1] + day - 1
    }

    private static func date(_ day: Int) -> String {
        let (month, start) = day < 31 ? (1, 0) : day < 59 ? (2, 31) : (3, 59)
        return String(format: "2001-%02d-%02d", month, day - start + 1)
    }
}
