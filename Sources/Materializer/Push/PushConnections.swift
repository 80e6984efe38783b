package import PostgresClient

/// Connections to the offline store, kept open for pushes: each has one to itself, and waits when all are taken.
package actor PushConnections {
    private let limit: Int
    private let connect: @Sendable () async throws -> PostgresConnection
    private var idle: [PostgresConnection] = []
    private var taken = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameter limit: at least one.
    package init(limit: Int = 4, connect: @escaping @Sendable () async throws -> PostgresConnection) {
        precondition(limit > 0, "there is at least one connection")
        self.limit = limit
        self.connect = connect
    }

    /// Runs `body`, and once more on a new connection when an old one turns out to be broken: `body` must be such that doing it
    /// twice is doing it once.
    nonisolated func use<Output: Sendable>(_ body: (PostgresConnection) async throws -> Output) async throws -> Output {
        await waitForPlace()
        do {
            let output = try await onConnection(body)
            await leavePlace()
            return output
        } catch {
            await leavePlace()
            throw error
        }
    }

    private nonisolated func onConnection<Output: Sendable>(
        _ body: (PostgresConnection) async throws -> Output
    ) async throws -> Output {
        if let old = await takeIdle() {
            do {
                let output = try await body(old)
                await giveBack(old)
                return output
            } catch {
                guard (error as? PostgresError)?.isUnreachable == true else {
                    await giveBack(old)
                    throw error
                }
                await old.close()
            }
        }
        let new = try await connect()
        do {
            let output = try await body(new)
            await giveBack(new)
            return output
        } catch {
            if (error as? PostgresError)?.isUnreachable == true { await new.close() } else { await giveBack(new) }
            throw error
        }
    }

    /// Closes what is idle.
    package func close() async {
        for connection in idle { await connection.close() }
        idle.removeAll()
    }

    private func waitForPlace() async {
        guard taken >= limit else {
            taken += 1
            return
        }
        // The place is handed over with the wake-up.
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leavePlace() {
        guard !waiting.isEmpty else {
            taken -= 1
            return
        }
        waiting.removeFirst().resume()
    }

    private func takeIdle() -> PostgresConnection? { idle.popLast() }
    private func giveBack(_ connection: PostgresConnection) { idle.append(connection) }
}
