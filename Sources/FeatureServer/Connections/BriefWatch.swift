import NIOCore

/// Looks again and again for a moment whether something has come, instead of sleeping until it does: to go to sleep and be woken takes a
/// processor longer than it takes a neighbour to answer.
///
/// Where nothing comes within the moment, little is lost: after each watch in vain twice as many times go without one.
struct BriefWatch {
    enum Sight { case nothing, enough, neverMore }

    private static let mostSkipped = 1_024

    /// How long a watch may take.
    private let longest: TimeAmount
    /// So many times go without a watch once one was in vain.
    private var skippedNext = 1
    private var skipsLeft = 0

    init(longest: TimeAmount = .microseconds(100)) {
        self.longest = longest
    }

    /// Whether there is to be a watch this time. Every time is asked about once.
    mutating func isDue() -> Bool {
        guard skipsLeft > 0 else { return true }
        skipsLeft -= 1
        return false
    }

    /// Looks until that shows enough, or that there is no use in it. Whether there was enough in time.
    @discardableResult
    mutating func watch(_ look: () -> Sight) -> Bool {
        let end = NIODeadline.now() + longest
        var sight = Sight.nothing
        repeat { sight = look() } while sight == .nothing && NIODeadline.now() < end
        let isInVain = sight != .enough
        skipsLeft = isInVain ? skippedNext : 0
        skippedNext = isInVain ? min(skippedNext * 2, Self.mostSkipped) : 1
        return !isInVain
    }
}
