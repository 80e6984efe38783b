import DriftMonitor
import Foundation

extension VectorTopics {
    static func sketch(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("table_values") { return try quantileSketch(vector) }
        if vector.inputs.has("a"), case .list = try vector.inputs["a"] { return try moments(vector) }
        if vector.params.has("kmv_k") { return try distinct(vector) }
        var hitters = HeavyHitters(capacity: try vector.params["k"].int - 1)
        let stream = try vector.inputs["stream"].text
        for character in stream { hitters.add(String(character)) }
        return try Dictionary(
            uniqueKeysWithValues: vector.expected.fields.keys.map { name in
                switch name {
                case "counters":
                    (name, .object(hitters.counters.mapValues { VectorValue.integer($0) }))
                case "n": (name, VectorValue(stream.count))
                default:
                    // `true_a`: the guarantee is checked with it.
                    if let value = name.split(separator: "_").last {
                        (name, VectorValue(try bounded(String(value), in: stream, by: hitters)))
                    } else {
                        throw VectorValue.Unexpected(description: "no meaning of `\(name)`")
                    }
                }
            })
    }

    /// How often a value occurs, if the sketch keeps its promise for it.
    private static func bounded(_ value: String, in stream: String, by hitters: HeavyHitters) throws -> Int {
        let actual = stream.count { String($0) == value }
        let estimate = Int(hitters.counters[value] ?? 0)
        guard estimate <= actual, actual <= estimate + Int(hitters.error),
            Int(hitters.error) <= stream.count / (hitters.capacity + 1)
        else { throw VectorValue.Unexpected(description: "the bound does not hold for `\(value)`") }
        return actual
    }

    private static func quantileSketch(_ vector: VectorCase) throws -> [String: VectorValue] {
        let alpha = try vector.params["alpha"].number
        let rows = try vector.inputs["table_values"].numbers.map { value in
            let sketch = QuantileSketch(alpha: alpha)
            guard value != 0 else { return VectorValue.object(["value": .number(0), "store": "zero"]) }
            let index = sketch.index(abs(value))
            let representative = value < 0 ? -sketch.representative(index) : sketch.representative(index)
            return .object([
                "value": .number(value), "store": value > 0 ? "pos" : "neg", "index": VectorValue(index),
                "representative": .number(representative), "rel_err": .number(abs(representative - value) / abs(value)),
            ])
        }
        let values = try vector.inputs["stream"].stream
        var whole = QuantileSketch(alpha: alpha)
        whole.add(values)
        var merged = QuantileSketch(alpha: alpha)
        merged.add(Array(values.prefix(values.count / 3)))
        var rest = QuantileSketch(alpha: alpha)
        rest.add(Array(values.dropFirst(values.count / 3)))
        merged.merge(rest)
        let sorted = values.sorted()
        let asked = try vector.expected["quantiles"].fields.keys
        func quantiles(_ read: (Double) -> Double) -> VectorValue {
            .object(Dictionary(uniqueKeysWithValues: asked.map { ($0, .number(read(Double($0) ?? .nan))) }))
        }
        return [
            "rows": .list(rows), "n_buckets": VectorValue(whole.bucketCount), "min_index": signed(whole.positive.first),
            "max_index": signed(whole.positive.first + whole.positive.counts.count - 1), "quantiles": quantiles(whole.quantile),
            "exact_lower_quantiles": quantiles { sorted[Int($0 * Double(sorted.count - 1))] },
            "merge_equals_whole": .bool(whole == merged), "count_at_index_0": .integer(whole.positive[0]),
        ]
    }

    private static func signed(_ value: Int) -> VectorValue { VectorValue(value) }

    private static func moments(_ vector: VectorCase) throws -> [String: VectorValue] {
        func listed(_ moments: Moments) -> VectorValue {
            let (second, third, fourth) = moments.central
            return VectorValue([Double(moments.count), moments.mean, second, third, fourth])
        }
        let (a, b) = (Moments(try vector.inputs["a"].numbers), Moments(try vector.inputs["b"].numbers))
        var merged = a
        merged.merge(b)
        return [
            "a": listed(a), "b": listed(b), "merged": listed(merged), "variance_sample": .number(merged.variance),
            "skew_g1": .number(merged.skewness), "excess_kurtosis": .number(merged.excessKurtosis),
            "scipy_skew": .number(merged.skewness), "scipy_kurtosis": .number(merged.excessKurtosis),
        ]
    }

    /// The inputs are told in words: `'user_i' i=0..999`.
    private static func keys(_ text: String) throws -> [String] {
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard let prefix = text.split(separator: "'").first?.dropLast(1), numbers.count == 2 else {
            throw VectorValue.Unexpected(description: "no range of keys in `\(text)`")
        }
        return (numbers[0]...numbers[1]).map { "\(prefix)\($0)" }
    }

    private static func distinct(_ vector: VectorCase) throws -> [String: VectorValue] {
        let (a, b) = (try keys(vector.inputs["a"].text), try keys(vector.inputs["b"].text))
        let (k, p) = (try vector.params["kmv_k"].int, try vector.params["hll_p"].int)
        func least(_ keys: [String]) -> DistinctSketch {
            keys.reduce(into: DistinctSketch(capacity: k)) { $0.add(StableHash.md5($1)) }
        }
        func registers(_ keys: [String]) -> RegisterSketch {
            keys.reduce(into: RegisterSketch(precision: p)) { $0.add(StableHash.md5($1)) }
        }
        let (kmvA, kmvB, hllA, hllB) = (least(a), least(b), registers(a), registers(b))
        var (kmvUnion, hllUnion) = (kmvA, hllA)
        kmvUnion.merge(kmvB)
        hllUnion.merge(hllB)
        let (setA, setB) = (Set(a), Set(b))
        func hex(_ value: UInt64) -> VectorValue { .string(String(format: "%016llx", value)) }
        return [
            "hash_user_0": hex(StableHash.md5("user_0")), "kmv_a": .number(kmvA.estimate), "kmv_b": .number(kmvB.estimate),
            "kmv_union": .number(kmvUnion.estimate), "jaccard_est": .number(kmvA.overlap(with: kmvB).jaccard),
            "jaccard_true": .number(Double(setA.intersection(setB).count) / Double(setA.union(setB).count)),
            "kmv_a_kth_hash": hex(kmvA.hashes.last ?? 0), "hll_a": .number(hllA.estimate), "hll_b": .number(hllB.estimate),
            "hll_union": .number(hllUnion.estimate), "hll_a_nonzero_registers": VectorValue(hllA.registers.count { $0 > 0 }),
            "hll_a_register_sum": VectorValue(hllA.registers.reduce(0) { $0 + Int($1) }),
            "hll_a_max_register": VectorValue(Int(hllA.registers.max() ?? 0)),
        ]
    }
}
