import AsOfJoin
import Columnar
import FeatureDefs
import PostgresClient

/// The keys of a spine's rows, for some of its join keys: numbered, and how to find them again in a source.
struct SpineKeys: Sendable {
    /// By spine row; -1 where a key is NULL.
    let numbers: RowChoice
    let matcher: KeyMatcher

    var count: Int { matcher.dictionary.count }

    /// - Parameter columns: one for each join key, of the type that the definitions give it.
    init(columns: [Column], rowCount: Int) {
        let (column, form) = Self.keyColumn(columns, rowCount: rowCount)
        self.init(column, form: form)
    }

    /// - Parameter column: the rows' keys, as `keyColumn` makes them.
    init(_ column: Column, form: KeyMatcher.Form) {
        var dictionary = KeyDictionary()
        numbers = dictionary.add(column)
        matcher = KeyMatcher(form: form, dictionary: dictionary)
    }

    /// The rows' keys in one column, and how the same keys are found in a binary COPY.
    static func keyColumn(_ columns: [Column], rowCount: Int) -> (column: Column, form: KeyMatcher.Form) {
        switch columns.first {
        case .int64 where columns.count == 1: (columns[0], .word(isInstant: false))
        case .timestamp where columns.count == 1: (columns[0], .word(isInstant: true))
        case .string where columns.count == 1, .bytes where columns.count == 1: (columns[0], .payload)
        default: (.bytes(wireFields(of: columns, rowCount: rowCount)), .fields(columns.count))
        }
    }

    /// Each row's cells as the fields of a binary COPY; NULL where one is.
    private static func wireFields(of columns: [Column], rowCount: Int) -> BytesColumn {
        var keys = BytesColumn()
        var key: [UInt8] = []
        for row in 0..<rowCount {
            guard columns.allSatisfy({ $0.validity.isValid(row) }) else {
                keys.appendNull()
                continue
            }
            key.removeAll(keepingCapacity: true)
            for column in columns { append(column, row, to: &key) }
            keys.append(key)
        }
        return keys
    }

    private static func append(_ column: Column, _ row: Int, to key: inout [UInt8]) {
        switch column {
        case .int64(let cells): append(cells.values[row], to: &key)
        case .timestamp(let cells): append(PostgresEpoch.fromUnix(microseconds: cells.values[row]), to: &key)
        case .uuid(let cells): append(cells.values[row], to: &key)
        case .bool(let cells): append(UInt8(cells.values[row] ? 1 : 0), to: &key)
        case .string(let cells), .bytes(let cells):
            let bytes = cells.bytes[cells.range(row)]
            withUnsafeBytes(of: Int32(truncatingIfNeeded: bytes.count).bigEndian) { key.append(contentsOf: $0) }
            key.append(contentsOf: bytes)
        case .int16, .int32, .float32, .float64, .date, .list, .vector:
            preconditionFailure("no join key has this type")
        }
    }

    private static func append(_ value: some FixedWidthInteger, to key: inout [UInt8]) {
        withUnsafeBytes(of: Int32(value.bitWidth / 8).bigEndian) { key.append(contentsOf: $0) }
        withUnsafeBytes(of: value.bigEndian) { key.append(contentsOf: $0) }
    }
}
