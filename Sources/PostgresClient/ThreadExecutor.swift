import Foundation

/// Runs an actor's jobs, in order, on one thread of its own, so that they may block; and those of tasks that prefer it, between which and
/// the actor nothing then crosses threads. The thread ends with the last of them.
final class ThreadExecutor: SerialExecutor, TaskExecutor {
    private let jobs = JobQueue()

    /// Linux keeps 15 bytes of the name.
    init(threadName: String) {
        Thread { [jobs, weak self] in
            Thread.current.name = threadName
            while let batch = jobs.next() {
                // Whoever has jobs here has the executor: an actor that is waited for, a task that prefers it. They may let it go meanwhile.
                guard let self else { preconditionFailure("a job cannot come after its executor is gone") }
                let (actor, tasks) = (asUnownedSerialExecutor(), asUnownedTaskExecutor())
                for job in batch { job.runSynchronously(isolatedTo: actor, taskExecutor: tasks) }
            }
        }.start()
    }

    deinit { jobs.end() }

    func enqueue(_ job: consuming ExecutorJob) { jobs.add(UnownedJob(job)) }
}

/// Jobs on their way to a thread, which waits for them.
private final class JobQueue: Sendable {
    private let condition = NSCondition()
    private nonisolated(unsafe) var jobs: [UnownedJob] = []  // guarded by `condition`
    private nonisolated(unsafe) var isEnded = false  // guarded by `condition`

    func add(_ job: UnownedJob) {
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    func end() {
        condition.withLock {
            isEnded = true
            condition.signal()
        }
    }

    /// Those that have come, at least one; nil once there will be none any more.
    func next() -> [UnownedJob]? {
        condition.withLock {
            while jobs.isEmpty {
                if isEnded { return nil }
                condition.wait()
            }
            defer { jobs = [] }
            return jobs
        }
    }
}
