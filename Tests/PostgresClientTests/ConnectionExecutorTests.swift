import Foundation
import PostgresClient
import Testing

/// What tasks that prefer a connection's own thread may rely on.
@Suite struct ConnectionExecutorTests {
    @Test func whatIsBetweenStatementsRunsOnTheConnectionsThread() async throws {
        let connection = try await PostgresTest.connection()
        let threads = try await withTaskExecutorPreference(connection.executor) {
            var threads: Set<UInt> = []
            for _ in 0..<20 {
                threads.insert(pthread_self())
                #expect(try await connection.execute("SELECT 1").firstCell == "1")
                threads.insert(pthread_self())
                try await Task.sleep(for: .microseconds(10))
            }
            return threads
        }
        #expect(threads.count == 1)
        #expect(threads.contains(pthread_self()) == false)
    }

    @Test func othersAreServedMeanwhile() async throws {
        let connection = try await PostgresTest.connection()
        try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<50 {
                let prefers = number.isMultiple(of: 2)
                group.addTask(executorPreference: prefers ? connection.executor : nil) {
                    try await connection.execute("SELECT $1::text", [.text("\(number)")]).firstCell
                }
            }
            var answers: Set<String?> = []
            for try await answer in group { answers.insert(answer) }
            #expect(answers.count == 50)
        }
    }

    /// The thread is there as long as a task that prefers it.
    @Test func aTaskMayOutliveTheConnection() async throws {
        var connection: PostgresConnection? = try await PostgresTest.connection()
        let executor = try #require(connection?.executor)
        let first = try await Task(executorPreference: executor) { [connection] in
            try await connection?.execute("SELECT 1").firstCell
        }.value
        connection = nil
        let second = await Task(executorPreference: executor) {
            await Task.yield()
            return 2
        }.value
        #expect(first == "1")
        #expect(second == 2)
    }
}
