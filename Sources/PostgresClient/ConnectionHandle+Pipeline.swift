import CLibpq

/// Several commands in one round trip (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html).
extension ConnectionHandle {
    /// Runs statements one after the other, as one transaction where none is open.
    func executeTogether(_ statements: [PostgresStatement]) throws(PostgresError) -> [PostgresRows] {
        var encoded: [BoundParameters] = []
        for statement in statements {
            _ = try checkedSQL(statement.sql)
            encoded.append(try BoundParameters(statement.parameters))
        }
        return try pipelined(statements.map(\.sql)) { raw, index in
            let sql = statements[index].sql
            let count = Int32(clamping: statements[index].parameters.count)
            return encoded[index].withPointers { types, values, lengths, formats in
                PQsendQueryParams(raw, sql, count, types, values, lengths, formats, 0) == 1
            }
        } take: {
            $0.rows()
        }
    }

    /// The columns that one statement would return, without running it.
    func describe(_ sql: String) throws(PostgresError) -> [PostgresColumn] {
        let sql = try checkedSQL(sql)
        let results = try pipelined([sql, sql]) { raw, index in
            index == 0 ? PQsendPrepare(raw, "", sql, 0, nil) == 1 : PQsendDescribePrepared(raw, "") == 1
        } take: {
            $0.columns()
        }
        return results[1]
    }

    /// Sends a command for each of the statements, then takes their results; the first failure, after which the server does no other
    /// command, comes out once all are taken. Results must be short: the server may have to wait with them until all is sent.
    private func pipelined<Output>(
        _ statements: [String], send: (OpaquePointer, Int) -> Bool, take: (borrowing ResultHandle) -> Output
    ) throws(PostgresError) -> [Output] {
        let raw = try open()
        guard PQenterPipelineMode(raw) == 1 else { throw PostgresError(.invalidRequest, errorMessage(raw)) }
        // Where one cannot be sent there is no end to the rest, and so the server keeps nothing of it; nor is the connection of use any more.
        guard statements.indices.allSatisfy({ send(raw, $0) }), PQpipelineSync(raw) == 1 else {
            throw .connectionLost(url, errorMessage(raw))
        }
        var outputs: [Output] = []
        var failure: PostgresError?
        for statement in statements {
            do throws(PostgresError) {
                let result = try adopt(PQgetResult(raw))
                try check(result, statement: statement)
                outputs.append(take(result))
                // It would go on and on, and take the connection with it.
                if result.isCopy { throw PostgresError(.invalidRequest, "COPY cannot be run together with other statements") }
            } catch {
                if error.code == .invalidRequest { throw error }
                failure = failure ?? error
            }
            // Each command's results end with none. A server that has said goodbye is found to be gone.
            while let rest = PQgetResult(raw) { PQclear(rest) }
        }
        // The end of all.
        PQclear(PQgetResult(raw))
        guard PQexitPipelineMode(raw) == 1 else { throw failure ?? .connectionLost(url, errorMessage(raw)) }
        if let failure { throw failure }
        return outputs
    }
}
