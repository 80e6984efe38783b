import Foundation

/// Raises when k of the last n windows were hit, and clears only when few of them are: one finding is opened and closed, not one
/// for each window. Vectors: persistence.k_of_n, persistence.k_of_n_hysteresis.
package struct Persistence: Hashable, Sendable, Codable {
    package let required: Int
    package let windows: Int
    /// At most so many of the last windows hit: the state clears.
    package let clearsAt: Int

    /// The last windows, oldest first, at most `windows` of them.
    package private(set) var recent: [Bool] = []
    package private(set) var isRaised = false

    /// 3 of 5, cleared at 1 (monitoring.md §2.6).
    package init(required: Int = 3, of windows: Int = 5, clearsAt: Int = 1) {
        precondition(required > clearsAt && windows >= required, "a state is raised by more windows than clear it")
        self.required = required
        self.windows = windows
        self.clearsAt = clearsAt
    }

    /// How many of the last windows were hit.
    package var hits: Int { recent.count { $0 } }

    /// Whether enough of the last windows were hit, without hysteresis.
    package var isReached: Bool { hits >= required }

    /// Takes the next window; returns whether the state is raised after it.
    @discardableResult
    package mutating func update(_ hit: Bool) -> Bool {
        recent.append(hit)
        if recent.count > windows { recent.removeFirst() }
        if isReached {
            isRaised = true
        } else if hits <= clearsAt {
            isRaised = false
        }
        return isRaised
    }

    /// P(Bin(n, alpha) >= k): how often independent windows that are hit by chance alone reach the state, for each position.
    package static func falseAlarmProbability(required k: Int, of n: Int, alpha: Double) -> Double {
        guard k > 0 else { return 1 }
        guard k <= n else { return 0 }
        return IncompleteBeta.regularized(alpha, Double(k), Double(n - k + 1))
    }
}
