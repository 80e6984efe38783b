import Oracle
import Testing

@testable import OnlineStore

/// Part by part, what is lacking is found as if all were looked at at once, and in no more memory than was allowed.
@Suite struct HashRangeTests {
    @Test(arguments: [2, 3, 7, 64, 5_000]) func partsTogetherLackWhatTheWholeLacks(limit: Int) {
        var random = SeededGenerator(seed: UInt64(limit))
        let known: [UInt64] = (0..<300).map { _ in random.next() } + [0, .max]
        let others: [UInt64] = (0..<300).map { _ in random.next() } + [1, .max - 1]
        var range = HashRange(limit: limit)
        var lacking: [UInt64] = []
        var parts = 0
        repeat {
            // In any order, and some twice.
            for hash in known.shuffled(using: &random) + known.prefix(10) { range.insert(hash) }
            range.sort()
            lacking += (known + others).filter(range.lacks)
            parts += 1
        } while range.startNext()
        #expect(lacking.sorted() == others.sorted())
        #expect((parts > 1) == (limit < 302))
    }
}
