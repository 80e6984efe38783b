import RedisClient
import Synchronization
import TestSupport
import Testing

/// Tasks on the connection's own thread.
@Suite(.timeLimit(.minutes(2))) struct RedisExecutorTests {
    private static let padding = String(repeating: "x", count: 5_000)

    private final class Progress: Sendable {
        let isOver = Atomic(false)
        let begun = Atomic(0)
    }

    private struct Counts {
        var answered = 0
        var failed = 0
    }

    /// Asks on and on, and counts; an answer must be the task's own.
    private static func ask(_ connection: RedisConnection, task: Int, _ progress: Progress) async -> Counts {
        var counts = Counts()
        var turn = 0
        while !progress.isOver.load(ordering: .relaxed) {
            turn += 1
            let text = "\(task).\(turn) \(padding)"
            do throws(RedisError) {
                let replies = try await connection.send(RedisPipeline("ECHO", text))
                #expect(replies == [.bytes(Array(text.utf8))])
                counts.answered += 1
            } catch {
                counts.failed += 1
            }
        }
        return counts
    }

    /// What some of them ask for is written while others are still to run: these are run, too, where that fails.
    @Test func aServerThatGoesWhileTasksRunFailsThemAll() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let progress = Progress()
        let ends = try await withThrowingTaskGroup(of: RedisError.Code?.self) { group in
            // Holds the thread until the others wait for it, so that they come after it, one after the other.
            group.addTask(executorPreference: connection.executor) {
                while !progress.isOver.load(ordering: .relaxed) {}
                server.kill()
                return nil
            }
            for task in 0..<50 {
                group.addTask(executorPreference: connection.executor) {
                    do throws(RedisError) { _ = try await connection.send(RedisPipeline("ECHO", "\(task)")) } catch {
                        return error.code
                    }
                    return nil
                }
            }
            progress.isOver.store(true, ordering: .relaxed)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ends.count == 51)
        #expect(ends.filter { $0 == nil }.count == 1, "\(ends)")
        try await server.start()
        #expect(try await connection.send(RedisPipeline("ECHO", "again")) == [.bytes(Array("again".utf8))])
    }

    @Test func everyTaskEndsWhateverBecomesOfTheServer() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let progress = Progress()
        let kills = 10
        let counts = try await withThrowingTaskGroup(of: Counts.self) { group in
            for task in 0..<50 {
                group.addTask(executorPreference: connection.executor) {
                    await Self.ask(connection, task: task, progress)
                }
            }
            let observer = try await RedisConnection.connect(to: server.url)
            for _ in 0..<kills {
                // They are at it.
                for _ in 0..<50 { _ = try? await observer.send(RedisPipeline("PING")) }
                server.kill()
                try await server.start()
            }
            progress.isOver.store(true, ordering: .relaxed)
            return try await group.reduce(into: Counts()) { sum, counts in
                sum.answered += counts.answered
                sum.failed += counts.failed
            }
        }
        #expect(counts.answered > 100 && counts.failed > 0, "\(counts)")
        #expect(try await connection.send(RedisPipeline("ECHO", "still")) == [.bytes(Array("still".utf8))])
    }

    /// More than the socket takes, so that it is written in parts, between jobs.
    @Test func whatAStoppedServerDoesNotTakeIsAnsweredOnceItGoesOn() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url, commandTimeout: .seconds(60))
        let long = String(repeating: "y", count: 100_000)
        let progress = Progress()
        server.pause()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<100 {
                group.addTask(executorPreference: connection.executor) {
                    progress.begun.add(1, ordering: .relaxed)
                    let text = "\(task) \(long)"
                    let replies = try await connection.send(RedisPipeline("ECHO", text))
                    #expect(replies == [.bytes(Array(text.utf8))])
                }
            }
            while progress.begun.load(ordering: .relaxed) < 100 { try await Task.sleep(for: .milliseconds(1)) }
            server.resume()
            try await group.waitForAll()
        }
    }
}
