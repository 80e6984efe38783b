import DriftMonitor
import Foundation
import Testing

struct ProfileTests {
    private func frame(_ seed: UInt64 = 1) throws -> NumericFrame {
        var random = TestRandom(seed)
        return try #require(NumericFrame(baseline: random.normals(2000, mean: 3, sd: 2)))
    }

    @Test func bytesDoNotDependOnOrderSplitOrMerges() throws {
        let frame = try frame()
        var random = TestRandom(7)
        let values = random.adversarial(5000)
        let whole = NumericProfile(frame: frame, values: values).encoded()
        for _ in 0..<6 {
            // Other rows in each part, other sizes, merged in another order.
            let rows = random.shuffled(values)
            var parts: [NumericProfile] = []
            var rest = rows[...]
            while !rest.isEmpty {
                let size = min(rest.count, 1 + random.source.below(1500))
                parts.append(NumericProfile(frame: frame, values: Array(rest.prefix(size))))
                rest = rest.dropFirst(size)
            }
            var merged = NumericProfile(frame: frame)
            for part in random.shuffled(parts) { merged.merge(part) }
            #expect(merged.encoded() == whole)
            // And as a tree.
            while parts.count > 1 {
                var (left, right) = (parts.removeFirst(), parts.removeFirst())
                if random.source.below(2) == 0 { swap(&left, &right) }
                left.merge(right)
                parts.append(left)
            }
            #expect(parts.first?.encoded() == whole)
        }
    }

    @Test func differentRowsGiveDifferentBytes() throws {
        let frame = try frame()
        let values = [1.0, 2, 3]
        #expect(
            NumericProfile(frame: frame, values: values).encoded()
                != NumericProfile(frame: frame, values: [1.0, 2, 3.0.nextUp]).encoded())
    }

    @Test func roundTripsThroughBytes() throws {
        let frame = try frame()
        var random = TestRandom(9)
        for count in [0, 1, 3000] {
            var profile = NumericProfile(frame: frame, values: random.adversarial(count))
            profile.counts.missingKey = 3
            profile.counts.expired = 1 << 40
            let decoded = try NumericProfile(decoding: profile.encoded(), frame: NumericFrame(decoding: frame.encoded()))
            #expect(decoded == profile)
            #expect(decoded.encoded() == profile.encoded())
        }
        var categories = CategoryProfile(capacity: 50)
        for index in 0..<500 { categories.add(index % 7 == 0 ? nil : "wert-\(index % 90)-é") }
        let decoded = try CategoryProfile(decoding: categories.encoded())
        #expect(decoded == categories)
        #expect(decoded.encoded() == categories.encoded())
    }

    @Test func damagedBytesAreRefusedAndNeverTrap() throws {
        let frame = try frame()
        var random = TestRandom(11)
        let numeric = NumericProfile(frame: frame, values: random.adversarial(400)).encoded()
        var categories = CategoryProfile()
        for index in 0..<200 { categories.add("v\(index % 30)") }
        let category = categories.encoded()
        for length in stride(from: 0, to: numeric.count, by: 97) {
            #expect(throws: ProfileDecodingError.self) {
                try NumericProfile(decoding: Array(numeric.prefix(length)), frame: frame)
            }
        }
        #expect(throws: ProfileDecodingError.self) { try NumericProfile(decoding: numeric + [0], frame: frame) }
        #expect(throws: ProfileDecodingError.unknownVersion(9)) { try CategoryProfile(decoding: [9]) }
        // Whatever a flipped byte gives, it is an error or a profile that can be read, merged and written.
        for _ in 0..<3000 {
            var bytes = numeric
            bytes[random.source.below(bytes.count)] = UInt8(truncatingIfNeeded: random.source.next())
            if let decoded = try? NumericProfile(decoding: bytes, frame: frame) {
                _ = decoded.quantile(0.5)
                _ = decoded.encoded()
            }
            var other = category
            other[random.source.below(other.count)] = UInt8(truncatingIfNeeded: random.source.next())
            if let decoded = try? CategoryProfile(decoding: other) { _ = decoded.encoded() }
            var edges = frame.encoded()
            edges[random.source.below(edges.count)] = UInt8(truncatingIfNeeded: random.source.next())
            if let decoded = try? NumericFrame(decoding: edges) { _ = decoded.identifier }
        }
    }

    @Test func anotherFramesProfileIsRefused() throws {
        let profile = NumericProfile(frame: try frame(1), values: [1])
        #expect(throws: ProfileDecodingError.invalid("it belongs to another frame")) {
            try NumericProfile(decoding: profile.encoded(), frame: frame(2))
        }
    }

    @Test func cellsAreCountedByWhatTheyAre() throws {
        var profile = NumericProfile(frame: try frame())
        let values: ContiguousArray<Double> = [1, .nan, .infinity, -.infinity, -0.0, 7, .nan]
        // The last two are NULL, whatever stands there.
        profile.add(values, validity: [0b001_1111])
        #expect(profile.counts.rows == 7)
        #expect(profile.counts.null == 2)
        #expect(profile.counts.notANumber == 1)
        #expect(profile.counts.positiveInfinity == 1)
        #expect(profile.counts.negativeInfinity == 1)
        #expect(profile.counts.present == 2)
        #expect(profile.moments.count == 2)
        #expect(profile.least.bitPattern == 0)
        #expect(profile.greatest == 1)
        #expect(profile.histogram.counts.reduce(0, +) == 2)
        #expect(profile.quantiles.count == 2)
        #expect(profile.distinct.estimate == 2)
    }

    @Test func validityBitsBeyondABlockAreRead() throws {
        let count = 5000
        let values = ContiguousArray((0..<count).map(Double.init))
        var words = ContiguousArray<UInt64>(repeating: 0, count: (count + 63) / 64)
        for row in stride(from: 0, to: count, by: 3) { words[row / 64] |= 1 << UInt64(row % 64) }
        var profile = NumericProfile(frame: try frame())
        profile.add(values, validity: words)
        let kept = NumericProfile(frame: try frame(), values: stride(from: 0, to: count, by: 3).map(Double.init))
        #expect(profile.counts.null == UInt64(count) - kept.counts.rows)
        #expect(profile.moments == kept.moments)
        #expect(profile.histogram == kept.histogram)
    }

    @Test func histogramCountsAsANaiveOneDoes() throws {
        let frame = try frame()
        var random = TestRandom(21)
        // Values on the edges, and one step to either side.
        let edges = frame.edges.flatMap { [$0, $0.nextUp, $0.nextDown] }
        let values = random.normals(2000, mean: 3, sd: 3) + edges
        let profile = NumericProfile(frame: frame, values: values)
        for bin in 0..<frame.binCount {
            let low = bin == 0 ? -Double.infinity : frame.edges[bin - 1]
            let high = bin == frame.edges.count ? Double.infinity : frame.edges[bin]
            #expect(Int(profile.histogram.counts[bin]) == values.count { $0 >= low && $0 < high })
        }
        let deciles = PopulationStability(referenceValues: values, currentValues: values)
        #expect(deciles?.value == 0)
    }

    @Test func decilesOfTheProfileAreThoseOfTheValues() throws {
        var random = TestRandom(22)
        let baseline = random.normals(3000)
        let current = random.normals(1000, mean: 0.4, sd: 1.3)
        let frame = try #require(NumericFrame(baseline: baseline))
        let bins = Bins.quantiles(of: baseline, count: 10)
        #expect(NumericProfile(frame: frame, values: baseline).decileCounts == bins.counts(baseline))
        #expect(NumericProfile(frame: frame, values: current).decileCounts == bins.counts(current))
        // Few values: each has its bin.
        let few = (0..<500).map { Double($0 % 7) }
        let small = try #require(NumericFrame(baseline: few))
        #expect(small.binCount == 9)
        #expect(
            NumericProfile(frame: small, values: few).decileCounts == Bins.quantiles(of: few, count: 10).counts(few))
    }

    /// Sorted by their bits or by comparisons, a frame is that of the values in order.
    @Test func framesAreThoseOfTheSortedValues() throws {
        for count in [10, 1023, 1024, 5000] {
            var random = TestRandom(UInt64(count))
            let values = random.adversarial(count)
            let frame = try #require(NumericFrame(baseline: values))
            let sorted = values.filter(\.isFinite).map { $0 + 0 }.sorted()
            let inner = (1..<80).map { Quantile.linear(sorted, Double($0) / 80) }
            let distinct = Set(sorted).sorted()
            var edges = [sorted[0]]
            let wanted = (distinct.count <= 80 ? Array(distinct.dropFirst()) : inner) + [sorted[sorted.count - 1].nextUp]
            for edge in wanted where edge > edges[edges.count - 1] { edges.append(edge) }
            #expect(frame.edges == edges)
            #expect(frame.centre == Quantile.linear(sorted, 0.5))
            #expect(NumericFrame(baseline: random.shuffled(values)) == frame)
        }
    }

    @Test func constantAndLopsidedBaselinesHaveAFrame() throws {
        let constant = try #require(NumericFrame(baseline: [Double](repeating: 5, count: 100)))
        #expect(constant.scale == 5)
        #expect(constant.binCount == 3)
        let zero = try #require(NumericFrame(baseline: [0, 0]))
        #expect(zero.scale == 1)
        // Mostly zeros: the scale is the standard deviation, not a thousandth of it.
        let lopsided = try #require(NumericFrame(baseline: [Double](repeating: 0, count: 900) + (1...100).map(Double.init)))
        #expect(lopsided.scale > 10)
        #expect(NumericFrame(baseline: [.nan, .infinity]) == nil)
        let profile = NumericProfile(frame: constant, values: [5, 5, 5])
        #expect(profile.histogram.counts == [0, 3, 0])
        #expect(profile.mean == 5)
    }

    @Test func quantilesAreWithinOnePercentOfTheDistanceFromTheCentre() throws {
        var random = TestRandom(5)
        let tailed = random.normals(20_000).map { exp(2 * $0) }
        // Seconds since 1970 over two days: far from zero, tight.
        let seconds = (0..<20_000).map { _ in 1_700_000_000 + 172_800 * random.source.uniform() }
        for values in [tailed, seconds] {
            let frame = try #require(NumericFrame(baseline: values))
            let profile = NumericProfile(frame: frame, values: values)
            let sorted = values.sorted()
            for q in [0.01, 0.1, 0.5, 0.9, 0.99] {
                let exact = sorted[Int(q * Double(sorted.count - 1))]
                #expect(abs(profile.quantile(q) - exact) <= 0.01001 * abs(exact - frame.sketchCentre) + 1e-9 * frame.scale)
            }
        }
        #expect(try #require(NumericFrame(baseline: tailed)).sketchCentre == 0)
    }
}
