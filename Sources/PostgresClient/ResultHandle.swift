import CLibpq

/// Owns one `PGresult`; frees it when it goes away.
struct ResultHandle: ~Copyable {
    private let raw: OpaquePointer

    init(adopting raw: OpaquePointer) {
        self.raw = raw
    }

    deinit { PQclear(raw) }

    var status: ExecStatusType { PQresultStatus(raw) }

    /// Whether the server has begun a COPY.
    var isCopy: Bool { status == PGRES_COPY_IN || status == PGRES_COPY_OUT }

    func columns() -> [PostgresColumn] {
        (0..<PQnfields(raw)).map { column in
            PostgresColumn(
                name: PQfname(raw, column).map { String(cString: $0) } ?? "",
                type: PostgresTypeID(PQftype(raw, column)),
                typeModifier: PQfmod(raw, column)
            )
        }
    }

    /// Copies the result out. Cells must have been asked for in text form.
    func rows() -> PostgresRows {
        let columns = columns()
        let rows = (0..<PQntuples(raw)).map { row in
            (0..<Int32(columns.count)).map { column in text(row: row, column: column) }
        }
        return PostgresRows(
            columns: columns, rows: rows, commandTag: commandTag, affectedCount: affectedCount)
    }

    var commandTag: String { PQcmdStatus(raw).map { String(cString: $0) } ?? "" }

    var affectedCount: Int? { PQcmdTuples(raw).flatMap { Int(String(cString: $0)) } }

    private func text(row: Int32, column: Int32) -> String? {
        guard PQgetisnull(raw, row, column) == 0, let bytes = PQgetvalue(raw, row, column) else { return nil }
        let length = Int(PQgetlength(raw, row, column))
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
    }

    /// The server's refusal, with its parts; nil when the message is libpq's own, as for a lost connection.
    func serverError(statement: String) -> PostgresError? {
        guard let state = field(asof_pg_diag_sqlstate()) else { return nil }
        var error = PostgresError(.server(SQLState(state)), field(asof_pg_diag_message_primary()) ?? errorMessage)
        error.detail = field(asof_pg_diag_message_detail())
        error.hint = field(asof_pg_diag_message_hint())
        error.context = field(asof_pg_diag_context())
        error.position = field(asof_pg_diag_statement_position()).flatMap { Int($0) }
        error.statement = statement
        return error
    }

    /// Whether the server hangs up after this. libpq may not have noticed yet: in a COPY out it reads no further than the error.
    var endsSession: Bool { ["FATAL", "PANIC"].contains(field(asof_pg_diag_severity())) }

    var errorMessage: String { PQresultErrorMessage(raw).map { String(cString: $0) } ?? "" }

    private func field(_ code: Int32) -> String? {
        PQresultErrorField(raw, code).map { String(cString: $0) }
    }
}
