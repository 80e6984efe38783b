import Foundation

/// Runs an actor's jobs, in order, on one thread of its own, so that they may block.
final class ThreadExecutor: SerialExecutor {
    private let condition = NSCondition()
    private nonisolated(unsafe) var jobs: [UnownedJob] = []  // guarded by `condition`
    private nonisolated(unsafe) var isStopped = false  // guarded by `condition`

    /// Linux keeps 15 bytes of the name.
    init(threadName: String) {
        Thread { [self] in
            Thread.current.name = threadName
            run()
        }.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            precondition(!isStopped, "a job cannot come after its actor is gone")
            jobs.append(job)
            condition.signal()
        }
    }

    /// Ends the thread once the jobs it has are done.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.signal()
        }
    }

    private func run() {
        var batch: [UnownedJob] = []
        while true {
            condition.lock()
            while jobs.isEmpty && !isStopped { condition.wait() }
            swap(&batch, &jobs)
            condition.unlock()
            if batch.isEmpty { return }
            for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
            batch.removeAll(keepingCapacity: true)
        }
    }
}
