import Foundation

/// A brief watch for Redis' reply.
struct ReplyWatch {
    /// Longer pipelines are seldom answered within the moment.
    private static let mostCommands = 16

    private var brief: BriefWatch
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    init(looking brief: BriefWatch = BriefWatch()) {
        self.brief = brief
    }

    /// Whether there is to be a watch for the reply to so many commands. Every call is asked about once.
    mutating func isDue(commands: Int) -> Bool {
        commands <= Self.mostCommands && brief.isDue()
    }

    /// Gives what arrives to `take` until that has all it wants. Whether that came in time; an end of the socket is left to its owner.
    @discardableResult
    mutating func watch(_ socket: Int32, take: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        buffer.withUnsafeMutableBytes { buffer in
            brief.watch {
                let received = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                if received > 0 { return take(UnsafeRawBufferPointer(rebasing: buffer[..<received])) ? .enough : .nothing }
                return received < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .neverMore
            }
        }
    }
}
