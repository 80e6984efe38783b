/// Which factors between units have been seen often enough, feature by feature, to be no accident (monitoring.md §3.2).
struct UnitFactors: Sendable, Codable {
    static let least = 20

    private var counts: [Seen: Int] = [:]

    private struct Seen: Hashable, Codable {
        let feature: Int
        let factor: Double
    }

    mutating func see(_ factor: Double, feature: Int) { counts[Seen(feature: feature, factor: factor), default: 0] += 1 }

    func isConfirmed(_ factor: Double, feature: Int) -> Bool {
        counts[Seen(feature: feature, factor: factor), default: 0] >= Self.least
    }
}
