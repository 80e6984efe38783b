package import FeatureDefs

/// Turns the values of one set of join keys into the key of a Redis hash, and no two sets of values into the same.
///
/// ```
/// "asof:"                                     5 bytes
/// length · project                            length as varint
/// number of join keys                         varint
/// for each, sorted by the bytes of its name:
///     length · name · type                    varint, UTF-8, 1 byte (see `code(of:)`)
/// for each, in the same order:
///     value: int64, timestamp                 varint of the zigzag form
///            bool                             1 byte, 0 or 1
///            uuid                             16 bytes
///            string, bytes                    length as varint, then the bytes
/// ```
///
/// Every part ends where its own bytes say, so the encoding can be read back in one way only: (1, 11) and (11, 1),
/// ("a", "bc") and ("ab", "c") differ. Views with the same join keys, in any order, share the hash of an entity;
/// the same values under other names or types are another hash. Everything but the values is `prefix`.
package struct EntityKeyEncoder: Hashable, Sendable {
    /// The join keys, sorted by name: the order of the values.
    package let joinKeys: [JoinKey]
    /// What the keys of all entities with these join keys begin with, and no other key of ours.
    package let prefix: [UInt8]

    package init(project: String, joinKeys: [JoinKey]) {
        self.joinKeys = joinKeys.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var prefix = [UInt8]("asof:".utf8)
        prefix.appendSized(project.utf8)
        prefix.appendVarint(UInt64(joinKeys.count))
        for key in self.joinKeys {
            prefix.appendSized(key.name.utf8)
            prefix.append(Self.code(of: key.type))
        }
        self.prefix = prefix
    }

    /// Appends the key of an entity. `value` gives the value of each of `joinKeys`, by index.
    ///
    /// Returns false, and appends nothing, when a value is NULL: NULL matches nothing.
    package func encode(
        into buffer: inout [UInt8], value: (Int) -> FeatureValue
    ) throws(EntityKeyError) -> Bool {
        let start = buffer.count
        buffer.append(contentsOf: prefix)
        for index in joinKeys.indices {
            let value = value(index)
            if value.isNull {
                buffer.removeLast(buffer.count - start)
                return false
            }
            guard value.type == joinKeys[index].type, Self.append(value, to: &buffer) else {
                buffer.removeLast(buffer.count - start)
                throw EntityKeyError(joinKey: joinKeys[index], found: value.type)
            }
        }
        return true
    }

    /// Returns false for a value that cannot be part of a key.
    private static func append(_ value: FeatureValue, to buffer: inout [UInt8]) -> Bool {
        switch value {
        case .int64(let number): buffer.appendZigzag(number)
        case .timestamp(let instant): buffer.appendZigzag(instant.microseconds)
        case .bool(let flag): buffer.append(flag ? 1 : 0)
        case .uuid(let uuid): buffer.appendBigEndian(uuid)
        case .string(let text): buffer.appendSized(text.utf8)
        case .bytes(let bytes): buffer.appendSized(bytes)
        case .null, .float64, .float32, .list, .vector: return false
        }
        return true
    }

    /// Part of the format: never renumber.
    private static func code(of type: FeatureType) -> UInt8 {
        switch type {
        case .int64: 1
        case .float64: 2
        case .float32: 3
        case .string: 4
        case .bool: 5
        case .timestamp: 6
        case .bytes: 7
        case .uuid: 8
        // Nothing has such a key: the compiler refuses it, and no value of it is encoded.
        case .list, .vector: 0
        }
    }
}

/// A join key's value that is not of the join key's type.
package struct EntityKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    package let joinKey: JoinKey
    package let found: FeatureType?

    package var description: String {
        "join key `\(joinKey.name)` is \(joinKey.type), not \(found?.description ?? "null")"
    }
}

extension [UInt8] {
    /// Unsigned LEB128: seven bits a byte, low ones first, the top bit set on all but the last.
    fileprivate mutating func appendVarint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// 0, -1, 1, -2 … as 0, 1, 2, 3 …, so that small numbers of either sign are short.
    fileprivate mutating func appendZigzag(_ number: Int64) {
        appendVarint(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    fileprivate mutating func appendSized(_ bytes: some Collection<UInt8>) {
        appendVarint(UInt64(bytes.count))
        append(contentsOf: bytes)
    }

    fileprivate mutating func appendBigEndian(_ uuid: UUIDBytes) {
        Swift.withUnsafeBytes(of: (uuid.high.bigEndian, uuid.low.bigEndian)) { append(contentsOf: $0) }
    }
}
