extension ConnectionHandle {
    /// How the connection was lost, where it was, and where an error that is not the statement's doing was the first sign of it.
    func loss(shownBy error: any Error) -> PostgresError? {
        guard let failure = error as? PostgresError, failure.isServersOwn else { return nil }
        do throws(PostgresError) { _ = try executeScript("") } catch { return error.reason(of: failure) }
        return nil
    }
}

extension PostgresError {
    /// Itself, where the connection was lost right after an error that is not the statement's doing: a server that ends abruptly may
    /// first fail statements for the ends of its other processes ("lost connection to parallel worker").
    func reason(of error: any Error) -> PostgresError? {
        guard code == .connectionLost, let failure = error as? PostgresError, failure.isServersOwn else { return nil }
        var reason = self
        reason.detail = failure.message
        return reason
    }

    /// Classes of https://www.postgresql.org/docs/15/errcodes-appendix.html: resources, state, intervention, system, internal.
    fileprivate var isServersOwn: Bool {
        sqlState.map { ["53", "55", "57", "58", "XX"].contains($0.code.prefix(2)) } ?? false
    }
}
