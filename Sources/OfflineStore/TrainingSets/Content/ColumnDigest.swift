import Columnar
import Crypto
import FeatureDefs

/// A checksum of a column's content: equal for equal values, however they were cut into batches and whatever file they went to.
///
/// SHA-256 over the type, the number of rows, and three digests of what the rows hold: the values, little-endian, zero for NULL;
/// the lengths of those that vary; the positions of the NULLs.
struct ColumnDigest {
    private let type: ColumnType
    private var rows: UInt64 = 0
    private var values = SHA256()
    private var lengths = SHA256()
    private var nulls = SHA256()
    private var elements: [ColumnDigest]

    init(_ type: ColumnType) {
        self.type = type
        switch type {
        case .list(let element): elements = [ColumnDigest(element)]
        case .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .string, .bytes, .uuid, .vector: elements = []
        }
    }

    mutating func update(_ column: Column) {
        let validity = column.validity
        switch column {
        case .bool(let column): update(column.values, validity, zero: false)
        case .int16(let column): update(column.values, validity, zero: 0)
        case .int32(let column), .date(let column): update(column.values, validity, zero: 0)
        case .int64(let column), .timestamp(let column): update(column.values, validity, zero: 0)
        case .float32(let column): update(column.values, validity, zero: 0)
        case .float64(let column): update(column.values, validity, zero: 0)
        case .uuid(let column): update(column.values, validity, zero: 0)
        case .string(let column), .bytes(let column):
            column.bytes.withUnsafeBytes { values.update(bufferPointer: $0) }
            update(lengthsAt: column.offsets)
        case .list(let column):
            elements[0].update(column.elements)
            update(lengthsAt: column.offsets)
        case .vector(let column): update(column.values, validity, zero: 0, width: column.dimension)
        }
        if validity.nullCount > 0 {
            let positions = validity.nullRows.map { rows + UInt64($0) }
            positions.withUnsafeBytes { nulls.update(bufferPointer: $0) }
        }
        rows += UInt64(validity.count)
    }

    /// In hexadecimal.
    func finish() -> String {
        var total = SHA256()
        total.update(data: Array("asof column 1 \(type.name) \(rows)\n".utf8))
        for part in [values, lengths, nulls] { part.finalize().withUnsafeBytes { total.update(bufferPointer: $0) } }
        for element in elements { total.update(data: Array(element.finish().utf8)) }
        return total.finalize().hexadecimal
    }

    /// What stands in the place of a NULL says nothing, so it counts as zero.
    private mutating func update<Element: BitwiseCopyable>(
        _ column: ContiguousArray<Element>, _ validity: Validity, zero: Element, width: Int = 1
    ) {
        let nulls = validity.nullRows
        let rowBytes = MemoryLayout<Element>.stride * width
        // As it mostly is already.
        let areZero = column.withUnsafeBytes { bytes in
            nulls.allSatisfy { row in bytes[row * rowBytes..<(row + 1) * rowBytes].allSatisfy { $0 == 0 } }
        }
        guard !areZero else { return column.withUnsafeBytes { values.update(bufferPointer: $0) } }
        var known = column
        for row in nulls {
            for index in row * width..<(row + 1) * width { known[index] = zero }
        }
        known.withUnsafeBytes { values.update(bufferPointer: $0) }
    }

    private mutating func update(lengthsAt offsets: ContiguousArray<Int>) {
        let lengths = zip(offsets.dropFirst(), offsets).map { UInt64($0 - $1) }
        lengths.withUnsafeBytes { self.lengths.update(bufferPointer: $0) }
    }
}

extension ColumnType {
    /// As manifests and messages write it: `int64`, `list<string>`, `vector<384>`.
    package var name: String {
        switch self {
        case .bool: "bool"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .float32: "float32"
        case .float64: "float64"
        case .timestamp: "timestamp"
        case .date: "date"
        case .string: "string"
        case .bytes: "bytes"
        case .uuid: "uuid"
        case .list(let element): "list<\(element.name)>"
        case .vector(let dimension): "vector<\(dimension)>"
        }
    }
}
