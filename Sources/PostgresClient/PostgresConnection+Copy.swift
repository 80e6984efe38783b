import CLibpq

extension PostgresConnection {
    /// Runs `COPY ... FROM STDIN` with what `write` writes; returns the number of rows stored.
    ///
    /// `write` runs on the connection's thread. When it throws, nothing is stored and its error comes out.
    @discardableResult
    package func copyIn(
        _ sql: String, write: sending (inout CopyInWriter) throws -> Void
    ) async throws -> Int {
        try await copyIn(sql) { port throws in
            var writer = CopyInWriter(port: port)
            try write(&writer)
            try writer.flush()
        }
    }

    /// Runs `COPY ... FROM STDIN (FORMAT binary)` with the rows that `write` writes; returns the number of rows stored.
    ///
    /// ```swift
    /// try await connection.copyInBinary("COPY spine (id, at) FROM STDIN (FORMAT binary)") { rows in
    ///     for row in spine {
    ///         try rows.beginRow(fieldCount: 2)
    ///         rows.fields.append(row.id)
    ///         rows.fields.append(timestampMicroseconds: row.at)
    ///     }
    /// }
    /// ```
    /// `write` runs on the connection's thread. When it throws, nothing is stored and its error comes out.
    @discardableResult
    package func copyInBinary(
        _ sql: String, write: sending (inout BinaryCopyInWriter) throws -> Void
    ) async throws -> Int {
        try await copyIn(sql) { port throws in
            var writer = BinaryCopyInWriter(port: port)
            try write(&writer)
            try writer.finish()
        }
    }

    private func copyIn(_ sql: String, _ body: (CopyInPort) throws -> Void) async throws -> Int {
        try await perform { handle throws in
            try handle.beginCopy(sql, expecting: PGRES_COPY_IN)
            do {
                try body(try handle.copyInPort())
            } catch {
                handle.abortCopyIn()
                throw error
            }
            return try handle.endCopyIn(statement: sql)
        }
    }

    /// Runs `COPY ... TO STDOUT`, with each message given to `body` in libpq's own buffer: one row, without a copy.
    ///
    /// `body` runs on the connection's thread and must not keep the pointer. When it throws, the COPY is cancelled, its error
    /// comes out, and the connection is usable.
    package func copyOut(
        _ sql: String, _ body: sending (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        try await perform { handle throws in
            try handle.beginCopy(sql, expecting: PGRES_COPY_OUT)
            try handle.readCopyOut(statement: sql, canceller: canceller, body)
        }
    }

    /// Runs `COPY ... TO STDOUT`, folding its messages into a value, as `reduce(into:)` does.
    package func copyOut<Output>(
        _ sql: String, into initial: sending Output,
        _ body: sending (inout Output, UnsafeRawBufferPointer) throws -> Void
    ) async throws -> sending Output {
        nonisolated(unsafe) var output = initial  // only `body` sees it, and not after this returns
        try await perform { handle throws in
            try handle.beginCopy(sql, expecting: PGRES_COPY_OUT)
            try handle.readCopyOut(statement: sql, canceller: canceller) { message in try body(&output, message) }
        }
        return output
    }

    /// Runs a query by `COPY ... TO STDOUT (FORMAT binary)`, folding its rows into a value, as `reduce(into:)` does. There are no parameters.
    ///
    /// ```swift
    /// let sum = try await connection.copyOutRows(of: "SELECT n FROM t", into: 0) { sum, row in sum += try row.nextInt64() ?? 0 }
    /// ```
    /// `add` runs on the connection's thread. When it throws, the COPY is cancelled, its error comes out, and the connection is usable.
    package func copyOutRows<Output>(
        of query: String, into initial: sending Output,
        _ add: sending (inout Output, inout BinaryCopyRow) throws -> Void
    ) async throws -> sending Output {
        nonisolated(unsafe) var output = initial  // only `add` sees it, and not after this returns
        try await perform { handle throws in
            try BatchScheduling.during {
                var decoder = BinaryCopyDecoder()
                let copy = "COPY (\n\(query)\n) TO STDOUT (FORMAT binary)"
                try handle.beginCopy(copy, expecting: PGRES_COPY_OUT)
                try handle.readCopyOutInRuns(statement: copy, canceller: canceller) { run in
                    try decoder.decode(run) { row in try add(&output, &row) }
                }
                try decoder.finish()
            }
        }
        return output
    }

    /// Runs `COPY ... TO STDOUT` for many rows, folding them into a value: `body` is given as many messages at a time as have come, one
    /// after the other. So of a format that says itself where a row ends.
    ///
    /// Meanwhile the connection's thread does not preempt others: see `BatchScheduling`.
    package func copyOutInRuns<Output>(
        _ sql: String, into initial: sending Output,
        _ body: sending (inout Output, UnsafeRawBufferPointer) throws -> Void
    ) async throws -> sending Output {
        nonisolated(unsafe) var output = initial  // only `body` sees it, and not after this returns
        try await perform { handle throws in
            try BatchScheduling.during {
                try handle.beginCopy(sql, expecting: PGRES_COPY_OUT)
                try handle.readCopyOutInRuns(statement: sql, canceller: canceller) { run in try body(&output, run) }
            }
        }
        return output
    }
}
