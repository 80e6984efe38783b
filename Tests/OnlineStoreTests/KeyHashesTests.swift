import Testing

@testable import OnlineStore

@Suite struct KeyHashesTests {
    @Test(arguments: [0, 1, 2, 3, 5_000]) func theKeysThatWerePutInAreThereAndNoOthers(count: Int) {
        var hashes = KeyHashes()
        func key(_ number: Int) -> [UInt8] { Array("entity \(number)".utf8) }
        for number in 0..<count { key(number).withUnsafeBytes { hashes.append($0) } }
        #expect(hashes.count == count)
        let sorted = hashes.sorted()
        func contains(_ key: [UInt8]) -> Bool { key.withUnsafeBytes { sorted.contains($0) } }
        #expect((0..<count).allSatisfy { contains(key($0)) })
        #expect(!(count..<10_000).contains { contains(key($0)) })
        #expect(!contains([]))
    }
}
