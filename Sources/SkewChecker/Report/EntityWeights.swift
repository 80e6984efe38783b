import Foundation

/// Of entities, by a hash of their keys: how many values each has, and for how many those stand. Written as one run of bytes: there may
/// be millions.
struct EntityWeights: Sendable {
    struct Weight: Sendable {
        var count = 0.0
        var weight = 0.0
    }

    private(set) var entities: [UInt64: Weight] = [:]

    mutating func add(_ entity: UInt64, weight: Double) {
        entities[entity, default: Weight()].count += 1
        entities[entity, default: Weight()].weight += weight
    }
}

extension EntityWeights: Codable {
    private static let width = 24

    func encode(to encoder: any Encoder) throws {
        var bytes = Data(capacity: entities.count * Self.width)
        for (entity, weight) in entities {
            for word in [entity, weight.count.bitPattern, weight.weight.bitPattern] {
                withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let bytes = try container.decode(Data.self)
        guard bytes.count % Self.width == 0 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a whole number of entities")
        }
        bytes.withUnsafeBytes { buffer in
            func word(_ offset: Int) -> UInt64 {
                UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
            for offset in stride(from: 0, to: buffer.count, by: Self.width) {
                entities[word(offset)] = Weight(
                    count: Double(bitPattern: word(offset + 8)), weight: Double(bitPattern: word(offset + 16)))
            }
        }
    }
}
