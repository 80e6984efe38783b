/// The parts of profiles as bytes. Each writes one form for one state: trimmed, sorted, the same on every machine.
extension ProfileWriter {
    mutating func counts(_ counts: CellCounts) {
        for field in CellCounts.fields { whole(counts[keyPath: field]) }
    }

    mutating func sum(_ sum: ExactSum) {
        whole(sum.positiveInfinities)
        whole(sum.negativeInfinities)
        // The digits from the first to the last that is not 0.
        let first = sum.digits.firstIndex { $0 != 0 } ?? 0
        let end = (sum.digits.lastIndex { $0 != 0 } ?? -1) + 1
        whole(UInt64(first))
        whole(UInt64(end - first))
        for digit in sum.digits[first..<end] { signed(digit) }
    }

    mutating func moments(_ moments: Moments) {
        whole(moments.count)
        for each in [moments.first, moments.second, moments.third, moments.fourth] { sum(each) }
    }

    mutating func histogram(_ histogram: FrozenHistogram) {
        whole(UInt64(histogram.counts.count))
        for count in histogram.counts { whole(count) }
        for sum in histogram.sums { wide(sum) }
    }

    mutating func buckets(_ buckets: BucketCounts) {
        signed(Int64(buckets.first))
        whole(UInt64(buckets.counts.count))
        for count in buckets.counts { whole(count) }
    }

    mutating func quantiles(_ sketch: QuantileSketch) {
        number(sketch.alpha)
        number(sketch.leastMagnitude)
        whole(sketch.zeros)
        buckets(sketch.positive)
        buckets(sketch.negative)
    }

    mutating func distinct(_ sketch: DistinctSketch) {
        let hashes = sketch.hashes
        whole(UInt64(sketch.capacity))
        whole(UInt64(hashes.count))
        for hash in hashes { fixed(hash) }
    }

    mutating func heavyHitters(_ hitters: HeavyHitters) {
        whole(UInt64(hitters.capacity))
        whole(hitters.error)
        whole(hitters.total)
        whole(UInt64(hitters.counters.count))
        for (value, count) in hitters.top(.max) {
            text(value)
            whole(count)
        }
    }
}

extension ProfileReader {
    mutating func counts() throws(ProfileDecodingError) -> CellCounts {
        var counts = CellCounts()
        for field in CellCounts.fields { counts[keyPath: field] = try whole() }
        var rest = counts.rows
        for part in [counts.null, counts.notANumber, counts.positiveInfinity, counts.negativeInfinity] {
            guard part <= rest else { throw .invalid("more cells than rows") }
            rest -= part
        }
        return counts
    }

    mutating func sum() throws(ProfileDecodingError) -> ExactSum {
        let (positive, negative) = (try whole(), try whole())
        let first = try whole()
        let count = try count(atMost: ExactSum.digitCount)
        guard first <= UInt64(ExactSum.digitCount - count) else { throw .invalid("a sum of too many digits") }
        var digits = ContiguousArray<Int64>(repeating: 0, count: ExactSum.digitCount)
        for offset in 0..<count {
            let digit = try signed()
            let index = Int(first) + offset
            guard index == ExactSum.digitCount - 1 || (0..<(1 << 32)).contains(digit) else {
                throw .invalid("a digit of a sum")
            }
            digits[index] = digit
        }
        return ExactSum(digits: digits, positiveInfinities: positive, negativeInfinities: negative)
    }

    mutating func moments() throws(ProfileDecodingError) -> Moments {
        Moments(count: try whole(), first: try sum(), second: try sum(), third: try sum(), fourth: try sum())
    }

    mutating func histogram(bins: Int) throws(ProfileDecodingError) -> FrozenHistogram {
        guard try count() == bins else { throw .invalid("bins of another frame") }
        var counts: ContiguousArray<UInt64> = []
        var sums: ContiguousArray<Int128> = []
        for _ in 0..<bins { counts.append(try whole()) }
        for _ in 0..<bins { sums.append(try wide()) }
        return FrozenHistogram(counts: counts, sums: sums)
    }

    mutating func buckets() throws(ProfileDecodingError) -> BucketCounts {
        let first = try signed()
        guard first.magnitude < 1 << 32 else { throw .invalid("a bucket's index") }
        var counts: ContiguousArray<UInt64> = []
        for _ in 0..<(try count()) { counts.append(try whole()) }
        guard counts.first != 0, counts.last != 0 else { throw .invalid("an empty bucket at an end") }
        return BucketCounts(first: Int(first), counts: counts)
    }

    mutating func quantiles() throws(ProfileDecodingError) -> QuantileSketch {
        let (alpha, least) = (try number(), try number())
        guard alpha > 0, alpha < 1, least >= 0, least < 1 else { throw .invalid("a sketch's error") }
        return QuantileSketch(
            alpha: alpha, leastMagnitude: least, zeros: try whole(), positive: try buckets(), negative: try buckets())
    }

    mutating func distinct() throws(ProfileDecodingError) -> DistinctSketch {
        let capacity = try whole()
        guard (2...(1 << 20)).contains(capacity) else { throw .invalid("a sketch's size") }
        var hashes: [UInt64] = []
        for _ in 0..<(try count(atMost: Int(capacity))) {
            let hash = try fixed()
            guard hash < .max, hashes.last.map({ $0 < hash }) ?? true else { throw .invalid("hashes that do not rise") }
            hashes.append(hash)
        }
        return DistinctSketch(capacity: Int(capacity), sorted: hashes)
    }

    mutating func heavyHitters() throws(ProfileDecodingError) -> HeavyHitters {
        let capacity = try whole()
        guard (1...(1 << 32)).contains(capacity) else { throw .invalid("a number of counters") }
        let (error, total) = (try whole(), try whole())
        var counters: [String: UInt64] = [:]
        for _ in 0..<(try count()) {
            let value = try text()
            guard counters.updateValue(try whole(), forKey: value) == nil else { throw .invalid("a value counted twice") }
        }
        return HeavyHitters(capacity: Int(capacity), counters: counters, error: error, total: total)
    }
}
