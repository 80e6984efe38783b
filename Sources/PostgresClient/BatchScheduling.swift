import Glibc

/// How a thread that reads much is scheduled.
///
/// A server on the same machine sends 8 KiB at a time, and each of them would wake the reader in the server's place: 14,000 times for
/// 3 M rows. As a batch thread the reader waits until there is a processor for it, and then finds much to read (900 times).
enum BatchScheduling {
    /// `SCHED_BATCH` of Linux, which the headers keep for GNU sources.
    private static let batch: CInt = 3

    /// Runs `body` with the thread in the batch class.
    static func during<Output>(_ body: () throws -> Output) rethrows -> Output {
        var parameters = sched_param()
        // Linux lets anybody go from the one class to the other. Where not, all is as before.
        let isBatch = sched_setscheduler(0, batch, &parameters) == 0
        defer { if isBatch { _ = sched_setscheduler(0, SCHED_OTHER, &parameters) } }
        return try body()
    }
}
