import CLibpq

/// Owns one `PGconn`. Every call blocks; libpq allows one thread at a time, which is the connection actor's.
struct ConnectionHandle: ~Copyable {
    /// nil once closed.
    private var raw: OpaquePointer?
    let url: PostgresURL

    init(adopting raw: OpaquePointer, url: PostgresURL) {
        self.raw = raw
        self.url = url
        // NOTICEs would otherwise go to standard error.
        PQsetNoticeReceiver(raw, { _, _ in }, nil)
    }

    deinit {
        if let raw { PQfinish(raw) }
    }

    mutating func close() {
        if let raw { PQfinish(raw) }
        raw = nil
    }

    func open() throws(PostgresError) -> OpaquePointer {
        guard let raw else { throw .connectionLost(url, "it was closed") }
        guard PQstatus(raw) != CONNECTION_BAD else { throw .connectionLost(url, errorMessage(raw)) }
        return raw
    }

    var transactionStatus: PGTransactionStatusType { PQtransactionStatus(raw) }

    func makeCanceller() throws(PostgresError) -> QueryCanceller {
        guard let cancel = PQgetCancel(try open()) else { throw .connectionLost(url, "it cannot be cancelled") }
        return QueryCanceller(adopting: cancel)
    }

    func errorMessage(_ raw: OpaquePointer) -> String {
        PQerrorMessage(raw).map { String(cString: $0) } ?? ""
    }

    /// Takes over what libpq returned, or says why it returned nothing.
    func adopt(_ result: OpaquePointer?) throws(PostgresError) -> ResultHandle {
        if let result { return ResultHandle(adopting: result) }
        let raw = try open()
        throw PostgresError(.invalidRequest, errorMessage(raw))
    }

    func check(_ result: borrowing ResultHandle, statement: String) throws(PostgresError) {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_COPY_IN, PGRES_COPY_OUT:
            return
        default:
            throw failure(result, statement: statement)
        }
    }

    func failure(_ result: borrowing ResultHandle, statement: String) -> PostgresError {
        // A server that shuts down says so in an error, and then hangs up.
        if PQstatus(raw) == CONNECTION_BAD || result.endsSession {
            return .connectionLost(url, result.errorMessage)
        }
        return result.serverError(statement: statement)
            ?? PostgresError(.protocolMismatch, result.errorMessage)
    }
}
