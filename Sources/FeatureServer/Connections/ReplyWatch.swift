import Foundation
import NIOCore

/// Looks for a reply again and again for a moment, instead of sleeping until it comes: when Redis is near, a processor that goes to
/// sleep and is woken takes longer than Redis does.
///
/// Where replies take longer than that, little is lost: after each watch in vain twice as many calls go without one.
struct ReplyWatch {
    /// Longer pipelines are seldom answered within the moment.
    private static let mostCommands = 16
    private static let mostSkipped = 1_024

    /// How long a watch may take.
    private let longest: TimeAmount
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)
    /// So many calls go without a watch once one was in vain.
    private var skippedNext = 1
    private var skipsLeft = 0

    init(longest: TimeAmount = .microseconds(100)) {
        self.longest = longest
    }

    /// Whether there is to be a watch for the reply to so many commands. Every call is asked about once.
    mutating func isDue(commands: Int) -> Bool {
        guard commands <= Self.mostCommands else { return false }
        guard skipsLeft == 0 else {
            skipsLeft -= 1
            return false
        }
        return true
    }

    mutating func note(wasInVain: Bool) {
        skipsLeft = wasInVain ? skippedNext : 0
        skippedNext = wasInVain ? min(skippedNext * 2, Self.mostSkipped) : 1
    }

    /// Gives what arrives to `take` until that has all it wants. Whether that came in time; an end of the socket is left to its owner.
    mutating func watch(_ socket: Int32, take: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        let end = NIODeadline.now() + longest
        return buffer.withUnsafeMutableBytes { buffer in
            repeat {
                let received = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                if received > 0 {
                    if take(UnsafeRawBufferPointer(rebasing: buffer[..<received])) { return true }
                } else if received == 0 || (errno != EAGAIN && errno != EINTR) {
                    return false
                }
            } while NIODeadline.now() < end
            return false
        }
    }
}
