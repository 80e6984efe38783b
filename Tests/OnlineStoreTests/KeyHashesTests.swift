import Testing

@testable import OnlineStore

@Suite struct KeyHashesTests {
    @Test func theKeysThatWerePutInAreThereAndNoOthers() {
        var hashes = KeyHashes()
        func key(_ number: Int) -> [UInt8] { Array("entity \(number)".utf8) }
        func contains(_ key: [UInt8]) -> Bool { key.withUnsafeBytes { hashes.contains($0) } }
        // Twice: a key is there once.
        for _ in 0..<2 {
            for number in 0..<5_000 { key(number).withUnsafeBytes { hashes.insert($0) } }
        }
        #expect(hashes.count == 5_000)
        #expect((0..<5_000).allSatisfy { contains(key($0)) })
        #expect(!(5_000..<10_000).contains { contains(key($0)) })
        #expect(!contains([]))
    }
}
