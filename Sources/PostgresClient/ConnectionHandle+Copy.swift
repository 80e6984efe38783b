import CLibpq

extension ConnectionHandle {
    /// Starts a COPY; `expected` is `PGRES_COPY_IN` or `PGRES_COPY_OUT`.
    func beginCopy(_ sql: String, expecting expected: ExecStatusType) throws(PostgresError) {
        let raw = try open()
        let sql = try checkedSQL(sql)
        // The extended protocol, since it takes one statement only.
        let result = try adopt(PQexecParams(raw, sql, 0, nil, nil, nil, nil, 0))
        try check(result, statement: sql)
        let status = result.status
        guard status == expected else {
            leaveCopy(status)
            throw PostgresError(
                .invalidRequest,
                expected == PGRES_COPY_IN ? "the statement is not COPY ... FROM STDIN" : "the statement is not COPY ... TO STDOUT"
            )
        }
    }

    func putCopyData(_ bytes: [UInt8]) throws(PostgresError) {
        try CopyInPort(connection: open(), url: url).put(bytes)
    }

    func copyInPort() throws(PostgresError) -> CopyInPort {
        CopyInPort(connection: try open(), url: url)
    }

    /// Ends a COPY in well; how many rows the server took.
    func endCopyIn(statement: String) throws(PostgresError) -> Int {
        let raw = try open()
        guard PQputCopyEnd(raw, nil) == 1 else { throw CopyInPort(connection: raw, url: url).failure }
        return try finishCopy(statement: statement) ?? 0
    }

    /// Ends a COPY in with nothing stored, and leaves the connection ready.
    func abortCopyIn() {
        guard let raw = try? open() else { return }
        _ = PQputCopyEnd(raw, "given up by the client")
        drainResults(raw)
    }

    /// Calls `body` with each message of a COPY out, in libpq's own buffer; the server sends one per row.
    func readCopyOut(
        statement: String, canceller: QueryCanceller, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let raw = try open()
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(raw, &buffer, 0)
            guard length > 0 else { break }
            defer { PQfreemem(buffer) }
            do {
                try body(UnsafeRawBufferPointer(start: buffer, count: Int(length)))
            } catch {
                canceller.send()
                drainCopyOut(raw)
                throw error
            }
        }
        _ = try finishCopy(statement: statement)
    }

    /// Calls `body` with the messages of a COPY out, as many at a time as have come, one after the other in memory that is used
    /// again.
    func readCopyOutInRuns(
        statement: String, canceller: QueryCanceller, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let raw = try open()
        var run = CopyOutRun()
        do {
            while try run.next(from: raw, body) {}
        } catch {
            canceller.send()
            drainCopyOut(raw)
            throw error
        }
        _ = try finishCopy(statement: statement)
    }

    /// Gets out of a COPY that nobody asked for.
    func leaveCopy(_ status: ExecStatusType) {
        guard let raw = try? open() else { return }
        if status == PGRES_COPY_IN { abortCopyIn() }
        if status == PGRES_COPY_OUT {
            if let canceller = try? makeCanceller() { canceller.send() }
            drainCopyOut(raw)
        }
    }

    /// Reads the results that end a COPY: first its own, then none.
    private func finishCopy(statement: String) throws(PostgresError) -> Int? {
        let raw = try open()
        var count: Int?
        var error: PostgresError?
        while let pointer = PQgetResult(raw) {
            let result = ResultHandle(adopting: pointer)
            if result.status == PGRES_COMMAND_OK {
                count = result.affectedCount
            } else if error == nil {
                error = failure(result, statement: statement)
            }
            if PQstatus(raw) == CONNECTION_BAD { break }
        }
        if let error { throw error }
        return count
    }

    private func drainCopyOut(_ raw: OpaquePointer) {
        var buffer: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(raw, &buffer, 0) > 0 {
            PQfreemem(buffer)
            buffer = nil
        }
        drainResults(raw)
    }

    private func drainResults(_ raw: OpaquePointer) {
        while let result = PQgetResult(raw) {
            PQclear(result)
            if PQstatus(raw) == CONNECTION_BAD { return }
        }
    }
}

/// Where the bytes of a COPY in go. It borrows the connection: nobody may hold it longer than the COPY runs.
struct CopyInPort {
    private let connection: OpaquePointer
    private let url: PostgresURL

    fileprivate init(connection: OpaquePointer, url: PostgresURL) {
        self.connection = connection
        self.url = url
    }

    /// Sends bytes; messages need not follow row boundaries.
    func put(_ bytes: [UInt8]) throws(PostgresError) {
        guard !bytes.isEmpty else { return }
        let sent = bytes.withUnsafeBytes { bytes in
            PQputCopyData(connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count))
        }
        guard sent == 1 else { throw failure }
    }

    fileprivate var failure: PostgresError {
        let message = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return PQstatus(connection) == CONNECTION_BAD
            ? .connectionLost(url, message) : PostgresError(.invalidRequest, message)
    }
}
