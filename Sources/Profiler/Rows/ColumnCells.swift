import Columnar
import DriftMonitor
import Foundation

/// The cells of a profiled column: numbers, or texts.
enum ColumnCells {
    /// A NULL's number says nothing.
    case numbers(ContiguousArray<Double>, Validity)
    case texts([String?])

    init(_ column: Column, as kind: ProfileKind) {
        switch kind {
        case .number: self = .numbers(Self.numbers(column), column.validity)
        case .category: self = .texts((0..<column.count).map { column.validity.isValid($0) ? Self.text(column, $0) : nil })
        case .presence: self = .texts((0..<column.count).map { column.validity.isValid($0) ? "present" : nil })
        }
    }

    /// Integers beyond 2^53 are rounded: distributions do not mind.
    private static func numbers(_ column: Column) -> ContiguousArray<Double> {
        switch column {
        case .bool(let column): ContiguousArray(column.values.map { $0 ? 1 : 0 })
        case .int16(let column): ContiguousArray(column.values.map { Double($0) })
        case .int32(let column): ContiguousArray(column.values.map { Double($0) })
        case .int64(let column), .timestamp(let column): ContiguousArray(column.values.map { Double($0) })
        case .date(let column): ContiguousArray(column.values.map { Double($0) })
        case .float32(let column): ContiguousArray(column.values.map { Double($0) })
        case .float64(let column): column.values
        case .list(let column): ContiguousArray((0..<column.count).map { Double(column.offsets[$0 + 1] - column.offsets[$0]) })
        case .vector(let column):
            ContiguousArray(
                (0..<column.count).map { row in
                    let values = column.values[row * column.dimension..<(row + 1) * column.dimension]
                    return values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
                })
        case .string(let column), .bytes(let column): ContiguousArray(repeating: .nan, count: column.count)
        case .uuid(let column): ContiguousArray(repeating: .nan, count: column.count)
        }
    }

    private static func text(_ column: Column, _ row: Int) -> String {
        switch column {
        case .bool(let column): column.values[row] ? "true" : "false"
        case .string(let column), .bytes(let column): String(decoding: column.bytes[column.range(row)], as: UTF8.self)
        case .uuid(let column): String(column.values[row], radix: 16)
        case .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .list, .vector: "present"
        }
    }

    /// Only some of the rows.
    func chosen(_ rows: [Int]) -> ColumnCells {
        switch self {
        case .texts(let texts): return .texts(rows.map { texts[$0] })
        case .numbers(let numbers, let validity):
            var kept = Validity()
            for row in rows {
                if validity.isValid(row) { kept.appendValid() } else { kept.appendNull() }
            }
            return .numbers(ContiguousArray(rows.map { numbers[$0] }), kept)
        }
    }

    /// Adds other rows of the same column.
    mutating func append(_ other: ColumnCells) {
        switch (self, other) {
        case (.texts(let texts), .texts(let more)): self = .texts(texts + more)
        case (.numbers(var numbers, var validity), .numbers(let more, let moreValidity)):
            numbers.append(contentsOf: more)
            validity.append(contentsOf: moreValidity)
            self = .numbers(numbers, validity)
        case (.texts, .numbers), (.numbers, .texts): preconditionFailure("a column is of one kind")
        }
    }
}

extension Column {
    /// A hash of each row's value, NULL too.
    func mixHashes(into hashes: inout [UInt64]) {
        func mix(_ value: (Int) -> UInt64) {
            for row in hashes.indices {
                hashes[row] = ProfileHash.combined(hashes[row], validity.isValid(row) ? value(row) : 0x9E37_79B9_7F4A_7C15)
            }
        }
        switch self {
        case .bool(let column): mix { column.values[$0] ? 1 : 0 }
        case .int16(let column): mix { UInt64(bitPattern: Int64(column.values[$0])) }
        case .int32(let column), .date(let column): mix { UInt64(bitPattern: Int64(column.values[$0])) }
        case .int64(let column), .timestamp(let column): mix { UInt64(bitPattern: column.values[$0]) }
        case .float32(let column): mix { StableHash.number(Double(column.values[$0])) }
        case .float64(let column): mix { StableHash.number(column.values[$0]) }
        case .string(let column), .bytes(let column): mix { ProfileHash.of(column.bytes[column.range($0)]) }
        case .uuid(let column):
            mix { row in
                let value = column.values[row]
                return ProfileHash.combined(UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
            }
        case .list, .vector: mix { _ in 1 }
        }
    }
}
