/// One record of a CSV file: its fields' bytes, unquoted, one after another in a buffer that the reader reuses.
package struct CSVRecord: Sendable {
    /// One field. An unquoted empty one is NULL, a quoted one the empty string, as in Postgres.
    struct Field {
        var end: Int
        var isQuoted: Bool
    }

    var bytes: [UInt8] = []
    var fields: [Field] = []
    /// The line, from 1, on which the record starts.
    package internal(set) var line = 1

    package init() {}

    package var count: Int { fields.count }

    /// The bytes of a field, or nil for NULL.
    package func field(_ index: Int) -> ArraySlice<UInt8>? {
        let start = index == 0 ? 0 : fields[index - 1].end
        let slice = bytes[start..<fields[index].end]
        return slice.isEmpty && !fields[index].isQuoted ? nil : slice
    }

    /// A field as text, or nil for NULL. The reader has checked that it is UTF-8.
    package func text(_ index: Int) -> String? {
        field(index).map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
    }
}
