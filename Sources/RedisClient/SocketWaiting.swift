import Foundation

extension pollfd {
    /// Readable, or broken, which reading will tell.
    var isReadable: Bool {
        Int32(revents) & (POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0
    }
}

extension ContinuousClock.Instant {
    /// For poll(2). Rounded up, so that a wait does not end just before it.
    var millisecondsLeft: Int32 {
        let left = (self - .now).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
        return Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1)
    }
}
