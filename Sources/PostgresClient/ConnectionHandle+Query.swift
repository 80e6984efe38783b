import CLibpq

extension ConnectionHandle {
    /// Runs one statement by the extended protocol, its parameters bound.
    func execute(_ sql: String, _ parameters: [PostgresParameter]) throws(PostgresError) -> PostgresRows {
        let raw = try open()
        let sql = try checkedSQL(sql)
        let encoded = try BoundParameters(parameters)
        let pointer = encoded.withPointers { types, values, lengths, formats in
            PQexecParams(raw, sql, Int32(clamping: parameters.count), types, values, lengths, formats, 0)
        }
        return try rows(of: adopt(pointer), statement: sql)
    }

    /// Runs statements separated by semicolons, as one transaction unless they say otherwise; the last one's rows.
    func executeScript(_ sql: String) throws(PostgresError) -> PostgresRows {
        let raw = try open()
        let sql = try checkedSQL(sql)
        return try rows(of: adopt(PQexec(raw, sql)), statement: sql)
    }

    /// The SQL, if C can hold it: cut at a NUL it would be another statement.
    func checkedSQL(_ sql: String) throws(PostgresError) -> String {
        guard !sql.utf8.contains(0) else {
            throw PostgresError(.invalidRequest, "the SQL holds a NUL character")
        }
        return sql
    }

    private func rows(of result: consuming ResultHandle, statement: String) throws(PostgresError) -> PostgresRows {
        try check(result, statement: statement)
        guard !result.isCopy else {
            leaveCopy(result.status)
            throw PostgresError(.invalidRequest, "COPY to or from the client needs copyIn or copyOut")
        }
        return result.rows()
    }
}

/// Parameters laid out as `PQexecParams` wants them.
struct BoundParameters {
    private var types: [Oid] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    /// Where each value starts in `bytes`; nil is NULL.
    private var offsets: [Int?] = []
    private var bytes: [UInt8] = []

    init(_ parameters: [PostgresParameter]) throws(PostgresError) {
        for parameter in parameters {
            let value = try parameter.encoded()
            types.append(parameter.type.oid)
            lengths.append(Int32(clamping: value?.count ?? 0))
            formats.append(parameter.isBinary ? 1 : 0)
            offsets.append(value == nil ? nil : bytes.count)
            bytes += value ?? []
        }
    }

    func withPointers<Result>(
        _ body: (
            UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        // An empty array may have no address, and then an empty bytea would pass for NULL.
        (bytes + [0]).withUnsafeBufferPointer { buffer in
            let values = offsets.map { offset in
                offset.flatMap { UnsafeBufferPointer(rebasing: buffer[$0...]).withMemoryRebound(to: CChar.self, \.baseAddress) }
            }
            return values.withUnsafeBufferPointer { values in
                body(types, values.baseAddress, lengths, formats)
            }
        }
    }
}
