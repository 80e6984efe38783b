import CLibpq

/// What a transaction sees of others.
package enum TransactionIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    /// One snapshot for all its statements.
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
    /// Runs `body` between BEGIN and COMMIT, or ROLLBACK when it throws. Transactions do not nest.
    package nonisolated func transaction<Output>(
        isolation: TransactionIsolation = .readCommitted, readOnly: Bool = false,
        _ body: () async throws -> Output
    ) async throws -> Output {
        guard await !isInTransaction else {
            throw PostgresError(.invalidRequest, "a transaction is already open on this connection")
        }
        try await execute("BEGIN ISOLATION LEVEL \(isolation.rawValue) \(readOnly ? "READ ONLY" : "READ WRITE")")
        let output: Output
        do {
            output = try await body()
        } catch {
            let loss = await rollBack()
            throw loss?.reason(of: error) ?? error
        }
        try await commit()
        return output
    }

    private func commit() throws(PostgresError) {
        let result = try performUncancelled { handle throws(PostgresError) in try handle.execute("COMMIT", []) }
        // Postgres answers COMMIT of a failed transaction with a rollback, and calls that a success.
        guard result.commandTag == "COMMIT" else {
            throw PostgresError(.invalidRequest, "the transaction was rolled back, since a statement in it had failed")
        }
    }

    /// When it fails the connection is gone, and the transaction with it: returns how.
    private func rollBack() -> PostgresError? {
        performUncancelled { handle in
            do throws(PostgresError) { _ = try handle.execute("ROLLBACK", []) } catch { return error }
            return nil
        }
    }
}

extension ConnectionHandle {
    var isInTransaction: Bool {
        transactionStatus == PQTRANS_INTRANS || transactionStatus == PQTRANS_INERROR
    }
}
