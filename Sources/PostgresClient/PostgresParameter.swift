package import struct Foundation.UUID

/// A value bound to `$n`. It travels beside the SQL, never inside it.
package enum PostgresParameter: Sendable, Hashable {
    case null
    /// Untyped, as a quoted literal is: the server infers the type from where `$n` stands, so this can also carry a date or
    /// a jsonb. Where nothing tells the type, write `$n::text`.
    case text(String)
    case int64(Int64)
    case bool(Bool)
    case float64(Double)
    case bytes([UInt8])
    case uuid(UUID)
    /// Microseconds since 1970 in UTC; `Int64.min` and `Int64.max` are -infinity and infinity.
    case timestamptz(microseconds: Int64)
    case textArray([String?])
    case int64Array([Int64?])
    case float64Array([Double?])
}

extension PostgresParameter {
    /// Whether the value's bytes are Postgres' binary form, else its text form.
    var isBinary: Bool {
        switch self {
        case .null, .text, .textArray, .float64Array: false
        case .int64, .bool, .float64, .bytes, .uuid, .timestamptz, .int64Array: true
        }
    }

    var type: PostgresTypeID {
        switch self {
        case .null, .text: .unspecified
        case .int64: .int8
        case .bool: .bool
        case .float64: .float8
        case .bytes: .bytea
        case .uuid: .uuid
        case .timestamptz: .timestamptz
        case .textArray: .textArray
        case .int64Array: .int8Array
        case .float64Array: .float8Array
        }
    }

    /// The value's bytes; nil is NULL. Text ends with the NUL that libpq wants, which its length leaves out.
    func encoded() throws(PostgresError) -> [UInt8]? {
        switch self {
        case .null: nil
        case .text(let text): try Self.nulEnded(text)
        case .int64(let value): Self.bigEndian(value)
        case .bool(let value): [value ? 1 : 0]
        case .float64(let value): Self.bigEndian(value.bitPattern)
        case .bytes(let bytes): bytes
        case .uuid(let uuid): withUnsafeBytes(of: uuid.uuid) { Array($0) }
        case .timestamptz(let microseconds):
            Self.bigEndian(PostgresEpoch.fromUnix(microseconds: microseconds))
        case .textArray(let elements):
            try Self.nulEnded(Self.arrayLiteral(elements.map { $0.map(Self.quotedElement) }))
        case .int64Array(let elements): Self.field { $0.append(int64Array: elements) }
        case .float64Array(let elements):
            try Self.nulEnded(Self.arrayLiteral(elements.map { $0.map { "\($0)" } }))
        }
    }

    private static func nulEnded(_ text: String) throws(PostgresError) -> [UInt8] {
        guard !text.utf8.contains(0) else {
            throw PostgresError(.invalidRequest, "a text value holds a NUL character, which Postgres cannot store")
        }
        return Array(text.utf8) + [0]
    }

    /// A field of a binary COPY without its length, which libpq is given by itself.
    private static func field(_ append: (inout BinaryCopyEncoder) -> Void) -> [UInt8] {
        var encoder = BinaryCopyEncoder()
        encoder.beginRow(fieldCount: 1)
        let start = encoder.bytes.count + MemoryLayout<Int32>.size
        append(&encoder)
        return Array(encoder.bytes[start...])
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// `{1,NULL,3}`
    private static func arrayLiteral(_ elements: [String?]) -> String {
        "{" + elements.map { $0 ?? "NULL" }.joined(separator: ",") + "}"
    }

    /// `a"b\c` becomes `"a\"b\\c"`.
    private static func quotedElement(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
