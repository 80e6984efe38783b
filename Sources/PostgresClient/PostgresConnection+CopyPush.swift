import CLibpq

extension PostgresConnection {
    /// Runs `COPY ... FROM STDIN` with what `push` sends, for data that comes bit by bit; returns the number of rows stored.
    ///
    /// `push` runs where the caller does. When it throws, nothing is stored and its error comes out.
    @discardableResult
    package nonisolated func copyIn(
        _ sql: String, pushing push: (CopyInSink) async throws -> Void
    ) async throws -> Int {
        try await beginCopyIn(sql)
        do {
            try await push(CopyInSink(connection: self))
        } catch {
            await abortCopyIn()
            throw error
        }
        return try await endCopyIn(sql)
    }

    /// Runs `COPY ... FROM STDIN (FORMAT binary)` with the rows that `push` adds, for rows that come bit by bit; returns the
    /// number of rows stored. As `copyInBinary(_:write:)`, but `push` runs where the caller does and may await.
    @discardableResult
    package nonisolated func copyInBinary(
        _ sql: String, pushing push: (inout BinaryCopyInSink) async throws -> Void
    ) async throws -> Int {
        try await copyIn(
            sql,
            pushing: { sink in
                var rows = BinaryCopyInSink(sink: sink)
                try await push(&rows)
                try await rows.finish()
            })
    }

    /// Starts `COPY ... FROM STDIN` for a writer that lives longer than one call: `beginCopyIn`, any number of `putCopyData`,
    /// then `endCopyIn` with the same statement, or `abortCopyIn`.
    package func beginCopyIn(_ sql: String) async throws(PostgresError) {
        try await perform { handle throws(PostgresError) in try handle.beginCopy(sql, expecting: PGRES_COPY_IN) }
    }

    /// Sends bytes of the COPY that was begun; rows may be cut anywhere. Gather some before each call.
    package func putCopyData(_ bytes: [UInt8]) async throws(PostgresError) {
        try await perform { handle throws(PostgresError) in try handle.copyInPort().put(bytes) }
    }

    /// Ends the COPY that was begun; returns the number of rows stored.
    package func endCopyIn(_ sql: String) async throws(PostgresError) -> Int {
        do throws(PostgresError) {
            return try await perform { handle throws(PostgresError) in try handle.endCopyIn(statement: sql) }
        } catch {
            // A cancelled task gets here with the COPY still open; after any other error this does nothing.
            if error.code == .cancelled { abortCopyIn() }
            throw error
        }
    }

    /// Ends the COPY that was begun, storing nothing.
    package func abortCopyIn() {
        performUncancelled { handle in handle.abortCopyIn() }
    }
}

/// Where the bytes of a COPY in go that come bit by bit. Each call waits until libpq has taken them.
package struct CopyInSink: Sendable {
    fileprivate let connection: PostgresConnection

    /// Sends bytes in the format that the COPY statement names; rows may be cut anywhere. Gather some before each call.
    package func send(_ bytes: [UInt8]) async throws(PostgresError) {
        try await connection.putCopyData(bytes)
    }
}

/// Where the rows of a binary COPY in go that come bit by bit; gathers them into large pieces.
package struct BinaryCopyInSink: ~Copyable, Sendable {
    /// Where the fields of the row go that was begun last.
    package var fields = BinaryCopyEncoder()
    private let sink: CopyInSink

    fileprivate init(sink: CopyInSink) {
        self.sink = sink
    }

    /// Starts a row; `fieldCount` appends to `fields` must follow.
    package mutating func beginRow(fieldCount: Int) async throws(PostgresError) {
        if fields.bytes.count >= CopyInWriter.chunkBytes { try await flush() }
        fields.beginRow(fieldCount: fieldCount)
    }

    fileprivate mutating func finish() async throws(PostgresError) {
        fields.finish()
        try await flush()
    }

    private mutating func flush() async throws(PostgresError) {
        try await sink.send(fields.bytes)
        fields.removeBytes()
    }
}
