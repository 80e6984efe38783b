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
            throw loss.flatMap { $0.reason(of: error) } ?? error
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

extension PostgresError {
    /// Itself, where the connection was lost right after an error that is not the statement's doing: a server that ends abruptly may
    /// first fail statements for the ends of its other processes ("lost connection to parallel worker").
    fileprivate func reason(of error: any Error) -> PostgresError? {
        guard code == .connectionLost, let failure = error as? PostgresError, failure.isServersOwn else { return nil }
        var reason = self
        reason.detail = failure.message
        return reason
    }

    /// Classes of https://www.postgresql.org/docs/15/errcodes-appendix.html: resources, state, intervention, system, internal.
    private var isServersOwn: Bool {
        sqlState.map { ["53", "55", "57", "58", "XX"].contains($0.code.prefix(2)) } ?? false
    }
}

extension ConnectionHandle {
    var isInTransaction: Bool {
        transactionStatus == PQTRANS_INTRANS || transactionStatus == PQTRANS_INERROR
    }
}
