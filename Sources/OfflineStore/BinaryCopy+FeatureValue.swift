package import FeatureDefs
import Foundation
package import PostgresClient

/// Feature values in the binary COPY format, in the Postgres type that `FeatureType.postgresName` names.
extension BinaryCopyEncoder {
    mutating func append(_ value: FeatureValue) {
        switch value {
        case .null: appendNull()
        case .int64(let value): append(value)
        case .float64(let value): append(value)
        case .float32(let value): append(value)
        case .string(let value): append(value)
        case .bool(let value): append(value)
        case .timestamp(let value): append(timestampMicroseconds: value.microseconds)
        case .bytes(let value): append(value)
        case .uuid(let value): append(UUID(value))
        case .list(let list):
            appendArray(of: list.element.postgresType, count: list.values.count, hasNull: list.values.contains(where: \.isNull)) {
                for value in list.values { $0.append(value) }
            }
        case .vector(let elements):
            appendArray(of: .float4, count: elements.count, hasNull: false) {
                for element in elements { $0.append(element) }
            }
        }
    }
}

extension BinaryCopyRow {
    /// Reads the next field as a value of a type.
    package mutating func nextValue(as type: FeatureType) throws(PostgresError) -> FeatureValue {
        switch type {
        case .int64: try nextInt64().map(FeatureValue.int64) ?? .null
        case .float64: try nextFloat64().map(FeatureValue.float64) ?? .null
        case .float32: try nextFloat32().map(FeatureValue.float32) ?? .null
        case .string: try nextText().map(FeatureValue.string) ?? .null
        case .bool: try nextBool().map(FeatureValue.bool) ?? .null
        case .timestamp: try nextTimestamp().map(FeatureValue.timestamp) ?? .null
        case .bytes: try nextBytes().map(FeatureValue.bytes) ?? .null
        case .uuid: try nextUUID().map { .uuid(UUIDBytes($0)) } ?? .null
        case .list(let element): try nextList(of: element).map(FeatureValue.list) ?? .null
        case .vector(let length): try nextVector(length: length)
        }
    }

    private mutating func nextList(of element: FeatureType.Scalar) throws(PostgresError) -> FeatureList? {
        guard var elements = try nextArray(of: element.postgresType) else { return nil }
        var values: [FeatureValue] = []
        values.reserveCapacity(elements.fieldCount)
        for _ in 0..<elements.fieldCount { values.append(try elements.nextValue(as: FeatureType(element))) }
        return FeatureList(values, of: element)
    }

    /// The SQL has refused what is no vector; this guards against another server's idea of it.
    private mutating func nextVector(length: Int) throws(PostgresError) -> FeatureValue {
        guard let list = try nextList(of: .float32) else { return .null }
        guard let vector = FeatureValue(vectorOf: list, count: length) else {
            throw PostgresError(.protocolMismatch, "a vector<\(length)> has \(list.values.count) elements, or a NULL one")
        }
        return vector
    }

    package mutating func nextTimestamp() throws(PostgresError) -> Timestamp? {
        try nextTimestampMicroseconds().map { Timestamp(microseconds: $0) }
    }
}

extension FeatureType.Scalar {
    fileprivate var postgresType: PostgresTypeID {
        switch self {
        case .int64: .int8
        case .float64: .float8
        case .float32: .float4
        case .string: .text
        case .bool: .bool
        case .timestamp: .timestamptz
        case .bytes: .bytea
        case .uuid: .uuid
        }
    }
}

extension UUID {
    fileprivate init(_ bytes: UUIDBytes) {
        var uuid: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &uuid) { buffer in
            buffer.storeBytes(of: bytes.high.bigEndian, toByteOffset: 0, as: UInt64.self)
            buffer.storeBytes(of: bytes.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        self.init(uuid: uuid)
    }
}

extension UUIDBytes {
    fileprivate init(_ uuid: UUID) {
        self = withUnsafeBytes(of: uuid.uuid) { buffer in
            UUIDBytes(
                high: UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}
