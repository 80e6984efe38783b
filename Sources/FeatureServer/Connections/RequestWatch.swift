import Foundation
import NIOCore
import Synchronization

/// A brief watch for the next request on a connection, for a client that asks again as soon as it has its answer. Only where no other
/// asks: they would wait for it, and Redis for a processor.
struct RequestWatch {
    /// By so many requests one after the other, with none of another connection in between, a client is known to be alone.
    private static let fewestInARow = 8

    private let turns: AskingTurns
    private let number: UInt64
    private var inARow = 0
    private var brief: BriefWatch

    init(among turns: AskingTurns, looking brief: BriefWatch = BriefWatch()) {
        self.turns = turns
        self.brief = brief
        number = turns.newNumber()
    }

    /// Notes a request of the connection's.
    mutating func noteRequest() {
        inARow = turns.take(number) ? inARow + 1 : 1
    }

    /// Whether there is to be a watch after an answer. Every answer is asked about once.
    mutating func isDue() -> Bool {
        inARow >= Self.fewestInARow && brief.isDue()
    }

    /// Returns when the next request has begun to arrive, or will not for now.
    mutating func watch(_ socket: Int32) {
        var asked = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        brief.watch {
            if poll(&asked, 1, 0) > 0 { return .enough }
            return turns.isLast(number) ? .nothing : .neverMore
        }
    }
}

/// Whose request came last, of all connections.
final class AskingTurns: Sendable {
    private let numbers = Atomic<UInt64>(0)
    private let last = Atomic<UInt64>(0)

    /// One for each connection, from 1 on.
    func newNumber() -> UInt64 { numbers.add(1, ordering: .relaxed).newValue }

    /// Makes it the last, and says whether it was before.
    func take(_ number: UInt64) -> Bool { last.exchange(number, ordering: .relaxed) == number }

    func isLast(_ number: UInt64) -> Bool { last.load(ordering: .relaxed) == number }
}
