import DriftMonitor
import Foundation
import Testing

struct SketchTests {
    @Test func exactSumsAreRoundedOnce() throws {
        struct Grids: Decodable { let grids: [String: [[Double]]] }
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/special_functions.json")
        let rows = try #require(JSONDecoder().decode(Grids.self, from: Data(contentsOf: url)).grids["exact_sum"])
        for row in rows {
            var (sum, halves) = (ExactSum(), (ExactSum(), ExactSum()))
            for (index, value) in row.dropFirst().enumerated() {
                sum.add(value)
                if index.isMultiple(of: 2) { halves.0.add(value) } else { halves.1.add(value) }
            }
            halves.0.merge(halves.1)
            #expect(sum.value == row[0])
            #expect(halves.0 == sum)
        }
    }

    @Test func exactSumKeepsInfinitiesApart() {
        var sum = ExactSum()
        sum.add(1)
        #expect(sum.value == 1)
        sum.add(.infinity)
        #expect(sum.value == .infinity)
        sum.add(-.infinity)
        #expect(sum.value.isNaN)
    }

    @Test func momentsOfWhatLiesFarAwayKeepTheirDigits() {
        var random = TestRandom(3)
        let values = random.normals(4000).map { 1e5 + $0 }
        let mean = values.reduce(0, +) / 4000
        let expected = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let moments = Moments(values)
        #expect(abs(moments.central.second - expected) < 1e-4 * expected)
        #expect(abs(moments.mean - mean) < 1e-10 * mean)
        #expect(abs(moments.variance - 1) < 0.1)
        #expect(Moments([3, 3, 3]).variance == 0)
        #expect(Moments([1e200, -1e200]).variance == .infinity)
    }

    @Test func distinctCountsAreExactBelowTheSizeAndCloseAbove() {
        var sketch = DistinctSketch(capacity: 256)
        for value in 0..<200 { for _ in 0..<3 { sketch.add(StableHash.number(Double(value))) } }
        #expect(sketch.estimate == 200)
        for value in 0..<50_000 { sketch.add(StableHash.number(Double(value))) }
        #expect(abs(sketch.estimate / 50_000 - 1) < 4 / 16)
        // Against all hashes, sorted.
        let all = (0..<50_000).map { StableHash.number(Double($0)) }.sorted()
        #expect(sketch.hashes == Array(all.prefix(256)))
    }

    /// The bucket is found without a logarithm, and is the logarithm's all the same: at each edge, beside it, anywhere.
    @Test func bucketsAreThoseOfTheLogarithm() {
        var random = TestRandom(31)
        let sketch = QuantileSketch()
        let gamma = 1.01 / 0.99
        var values = (-1400...1400).map { pow(gamma, Double($0)) }
        values = values.flatMap { [$0, $0.nextUp, $0.nextDown, $0 * (1 + 1e-9), $0 * (1 - 1e-9)] }
        values += (0..<20_000).map { _ in exp(80 * random.source.uniform() - 30) }
        values += [0x1p-44, 1, 2, 0.5, 2.0.squareRoot(), 0.5.squareRoot(), .greatestFiniteMagnitude, 1e300]
        for value in values where value >= sketch.leastMagnitude {
            var filled = QuantileSketch()
            filled.add([value, -value])
            #expect(filled.positive[sketch.index(value)] == 1 && filled.negative[sketch.index(value)] == 1, "\(value)")
        }
        var fine = QuantileSketch(alpha: 0.01, leastMagnitude: 0)
        let least = Double.leastNormalMagnitude
        let tiny = [Double.leastNonzeroMagnitude, least, least / 3]
        fine.add(tiny)
        for value in tiny { #expect(fine.positive[fine.index(value)] >= 1) }
    }

    @Test func overlapTellsNewFromLost() {
        func sketch(_ range: Range<Int>) -> DistinctSketch {
            range.reduce(into: DistinctSketch()) { $0.add(StableHash.number(Double($1))) }
        }
        let overlap = sketch(0..<10_000).overlap(with: sketch(4000..<12_000))
        #expect(abs(overlap.jaccard - 0.5) < 0.06)
        #expect(abs(overlap.newShare - 0.25) < 0.08)
        #expect(abs(overlap.lostShare - 0.4) < 0.08)
        let same = sketch(0..<500).overlap(with: sketch(0..<500))
        #expect(same.newShare == 0)
        #expect(same.jaccard == 1)
    }

    @Test func heavyHittersMergeInAnyOrder() {
        var random = TestRandom(4)
        let parts = (0..<8).map { part in
            (0..<400).reduce(into: HeavyHitters(capacity: 20)) { hitters, _ in
                // Zipf-like, so that counters overflow.
                hitters.add("v\(Int(1 / random.source.uniform()) + part % 2)")
            }
        }
        func merged(_ parts: [HeavyHitters]) -> HeavyHitters {
            parts.reduce(into: HeavyHitters(capacity: 20)) { $0.merge($1) }
        }
        let first = merged(parts)
        for _ in 0..<5 { #expect(merged(random.shuffled(parts)) == first) }
        #expect(!first.isExact)
        #expect(first.total == 3200)
    }

    @Test func compactionKeepsTheBound() {
        var random = TestRandom(6)
        let stream = (0..<5000).map { _ in "v\(Int(1 / random.source.uniform()))" }
        let exact = stream.reduce(into: HeavyHitters()) { $0.add($1) }
        #expect(exact.isExact)
        let small = exact.compacted(to: 10)
        #expect(small.counters.count <= 10)
        #expect(small.error <= UInt64(5000 / 11))
        for (value, count) in exact.counters {
            let kept = small.counters[value] ?? 0
            #expect(kept <= count && count <= kept + small.error)
        }
        #expect(small.top(1).first?.value == exact.top(1).first?.value)
    }

    @Test func sampleIsTheSameWhateverTheOrder() {
        var random = TestRandom(8)
        let rows = (0..<3000).map { index in
            RowSample.Row(
                hash: SplitMix64.mix(UInt64(index % 2900)), entity: UInt64(index % 40), values: [Double(index), .nan])
        }
        func sample(_ rows: [RowSample.Row]) -> RowSample { rows.reduce(into: RowSample(capacity: 100)) { $0.add($1) } }
        let first = sample(rows)
        #expect(first.rows.count == 100)
        #expect(Set(first.rows.map(\.hash)).count == 100)
        for _ in 0..<4 {
            let shuffled = random.shuffled(rows)
            var left = sample(Array(shuffled.prefix(1000)))
            left.merge(sample(Array(shuffled.dropFirst(1000))))
            #expect(left.rows.map(\.hash) == first.rows.map(\.hash))
            #expect(left.rows.map { $0.values[0] } == first.rows.map { $0.values[0] })
        }
    }

    @Test func registersAndHashesAreTheirs() {
        // RFC 1321, appendix A.5, the first 8 bytes.
        #expect(StableHash.md5("") == 0xd41d_8cd9_8f00_b204)
        #expect(StableHash.md5("abc") == 0x9001_5098_3cd2_4fb0)
        #expect(StableHash.md5(String(repeating: "1234567890", count: 8)) == 0x57ed_f4a2_2be3_c955)
        #expect(StableHash.number(0) == StableHash.number(-0.0))
        #expect(StableHash.number(.nan) == StableHash.number(-Double.nan))
    }
}
