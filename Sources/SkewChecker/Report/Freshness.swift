import DriftMonitor

/// Of some of the rows: what a feature would have been, had it been computed at the instant of serving.
struct FreshCells: Sendable {
    /// Places in the window.
    var rows: [Int] = []
    var cells: [[ComputedCell]] = []
}

/// How many of the values that were looked at for it are as they would be at the instant of serving, and how many are older. That is
/// what the schedule allows: it is no mismatch, and has a budget of its own.
package struct FreshnessTally: Hashable, Sendable, Codable {
    package private(set) var compared = 0
    package private(set) var stale = 0

    package init(compared: Int = 0, stale: Int = 0) {
        self.compared = compared
        self.stale = stale
    }

    mutating func add(isFresh: Bool) {
        compared += 1
        if !isFresh { stale += 1 }
    }

    /// Against the share that may be stale; nil without one.
    package func verdict(_ limits: SkewLimits) -> SkewVerdict? {
        guard let budget = limits.staleRate else { return nil }
        guard compared > 0 else { return .inconclusive }
        let (k, n) = (Double(stale), Double(compared))
        if BinomialInterval.clopperPearsonLower(k, of: n, alpha: limits.alpha) > budget { return .fail }
        return BinomialInterval.clopperPearsonUpper(k, of: n, alpha: limits.alpha) <= budget ? .pass : .inconclusive
    }
}
