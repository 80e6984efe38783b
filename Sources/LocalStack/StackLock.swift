import Glibc

/// Holds the project's lock file, so that of two commands at once one starts the servers and the other finds them started.
struct StackLock: ~Copyable {
    private let descriptor: Int32

    /// Waits for up to two minutes, which is more than a slow first start takes.
    init(path: String) async throws {
        // Closed on exec: a server that inherited it would hold the lock for as long as it lives.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw LocalStackError.unusableDirectory(path, String(cString: strerror(errno)))
        }
        let deadline = ContinuousClock.now + .seconds(120)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                throw LocalStackError(
                    .lockedByAnother, "another command has been busy with the local stack for two minutes (\(path))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    deinit { close(descriptor) }
}
