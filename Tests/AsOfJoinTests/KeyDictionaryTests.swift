import Columnar
import Oracle
import Testing

@testable import AsOfJoin

/// Keys are found again, one by one and many at once, whatever was added before or after them.
@Suite struct KeyDictionaryTests {
    /// Keys that lie side by side, far apart, and at both ends; 0 is what an empty place of the table holds.
    private static func keys(seed: UInt64) -> [Int64] {
        var random = SeededGenerator(seed: seed)
        let near = (-700...700).map { Int64($0) }
        let far = (0..<3000).map { _ in Int64.random(in: .min ... .max, using: &random) }
        return Array(Set(near + far + [.min, .max])).sorted().shuffled(using: &random)
    }

    private func column(_ keys: [Int64?]) -> Column {
        var column = PrimitiveColumn<Int64>()
        for key in keys { column.append(key, or: 0) }
        return .int64(column)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func manyKeysAtOnceHaveTheNumbersOfEach(seed: UInt64) {
        let keys = Self.keys(seed: seed)
        let known = Array(keys.prefix(keys.count / 2))
        var dictionary = KeyDictionary()
        #expect(dictionary.add(column(known)) == ContiguousArray(known.indices.map { Int32($0) }))
        #expect(dictionary.count == known.count)

        let expected = keys.indices.map { $0 < known.count ? Int32($0) : -1 }
        #expect(keys.map { dictionary.number(ofWord: UInt64(bitPattern: $0)) } == expected)
        let found = ContiguousArray<Int32>(unsafeUninitializedCapacity: keys.count) { numbers, count in
            let words = keys.map { UInt64(bitPattern: $0) }
            words.withUnsafeBufferPointer { dictionary.numbers(ofWords: $0, into: numbers) }
            count = keys.count
        }
        #expect(Array(found) == expected)
        #expect(Array(dictionary.numbers(of: column(keys))) == expected)
    }

    @Test func aKeyThatIsNullHasNoNumber() {
        var dictionary = KeyDictionary()
        #expect(dictionary.add(column([7, nil, 0, 7])) == [0, -1, 1, 0])
        // The placeholder of a NULL is a key that there is.
        #expect(dictionary.numbers(of: column([nil, 0, nil, 7, 8])) == [-1, 1, -1, 0, -1])
    }
}
