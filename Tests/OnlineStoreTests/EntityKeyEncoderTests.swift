import FeatureDefs
import OnlineStore
import Oracle
import Testing

struct EntityKeyEncoderTests {
    private func key(_ values: FeatureValue..., names: [JoinKey], project: String = "p") throws -> [UInt8]? {
        var bytes: [UInt8] = []
        return try EntityKeyEncoder(project: project, joinKeys: names).encode(into: &bytes) { values[$0] } ? bytes : nil
    }

    private let numbers = [JoinKey(name: "a", type: .int64), JoinKey(name: "b", type: .int64)]
    private let texts = [JoinKey(name: "a", type: .string), JoinKey(name: "b", type: .string)]
    private let blobs = [JoinKey(name: "a", type: .bytes), JoinKey(name: "b", type: .bytes)]

    @Test func theBytesAreAsDocumented() throws {
        let bytes = try key(.int64(-3), names: [JoinKey(name: "card", type: .int64)], project: "shop")
        #expect(bytes == [UInt8]("asof:".utf8) + [4] + [UInt8]("shop".utf8) + [1, 4] + [UInt8]("card".utf8) + [1, 5])
    }

    @Test func partsDoNotRunIntoEachOther() throws {
        #expect(try key(.int64(1), .int64(11), names: numbers) != key(.int64(11), .int64(1), names: numbers))
        #expect(try key(.string("a"), .string("bc"), names: texts) != key(.string("ab"), .string("c"), names: texts))
        #expect(try key(.string(""), .string("\0"), names: texts) != key(.string("\0"), .string(""), names: texts))
        #expect(try key(.string("a"), .string("b"), names: texts) != key(.bytes([97]), .bytes([98]), names: blobs))
    }

    @Test func otherJoinKeysOrProjectsAreOtherEntities() throws {
        let one = try key(.int64(1), names: [JoinKey(name: "card", type: .int64)])
        #expect(try one != key(.int64(1), names: [JoinKey(name: "cart", type: .int64)]))
        #expect(try one != key(.timestamp(Timestamp(microseconds: 1)), names: [JoinKey(name: "card", type: .timestamp)]))
        #expect(try one != key(.int64(1), names: [JoinKey(name: "card", type: .int64)], project: "xp"))
    }

    @Test func theOrderOfTheJoinKeysDoesNotCount() {
        #expect(
            EntityKeyEncoder(project: "p", joinKeys: numbers)
                == EntityKeyEncoder(project: "p", joinKeys: numbers.reversed())
        )
    }

    @Test func noOtherProjectsKeyBeginsWithAPrefix() {
        let prefix = EntityKeyEncoder(project: "p", joinKeys: []).prefix
        let other = EntityKeyEncoder(project: "p\0", joinKeys: []).prefix
        #expect(!other.starts(with: prefix))
    }

    @Test func nullMatchesNothing() throws {
        #expect(try key(.int64(1), .null, names: numbers) == nil)
    }

    @Test func anotherTypeIsRefused() {
        let error = #expect(throws: EntityKeyError.self) { try key(.string("1"), .int64(1), names: numbers) }
        #expect(error?.description == "join key `a` is int64, not string")
    }

    /// Random pairs over all key types: equal bytes only for equal values.
    @Test(arguments: 0..<20 as Range<UInt64>) func differentValuesHaveDifferentKeys(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let types = FeatureType.scalars.filter(\.isAllowedAsJoinKey)
        let names = (0..<3).map { JoinKey(name: "k\($0)", type: types.randomElement(using: &generator) ?? .int64) }
        let encoder = EntityKeyEncoder(project: "p", joinKeys: names)
        var valuesOfKey: [[UInt8]: [String]] = [:]
        for _ in 0..<200 {
            let values = names.map { CellSamples.values(of: $0.type).randomElement(using: &generator) ?? .null }
            var bytes: [UInt8] = []
            #expect(try encoder.encode(into: &bytes) { values[$0] })
            let bits = values.map(CellSamples.bits)
            #expect(valuesOfKey[bytes, default: bits] == bits)
            valuesOfKey[bytes] = bits
        }
        #expect(Set(valuesOfKey.values).count == valuesOfKey.count)
    }
}
