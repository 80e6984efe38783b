import DriftMonitor
package import FeatureDefs

extension ValueEquality {
    /// Whether two values of a feature, NULL among them, count as equal. NULL equals NULL alone.
    package func areEqual(_ a: FeatureValue, _ b: FeatureValue) -> Bool {
        // The contract's equality is narrower than every rule, but for `exact`, which is it.
        if a == b { return true }
        switch (a, b) {
        case (.float64(let a), .float64(let b)): return numbers.areEqual(a, b)
        case (.float32(let a), .float32(let b)): return numbers.areEqual(a, b)
        case (.vector(let a), .vector(let b)): return areEqual(a, b)
        case (.list(let a), .list(let b)): return a.element == b.element && areEqual(a.values, b.values)
        case (.null, _), (.int64, _), (.float64, _), (.float32, _), (.string, _), (.bool, _), (.timestamp, _), (.bytes, _),
            (.uuid, _), (.list, _), (.vector, _):
            return false
        }
    }

    private func areEqual(_ a: [Float], _ b: [Float]) -> Bool {
        guard let cosine else { return a.count == b.count && zip(a, b).allSatisfy { numbers.areEqual($0, $1) } }
        return EmbeddingDifference(a.map(Double.init), b.map(Double.init))?.isMatch(cosine: cosine) ?? false
    }

    private func areEqual(_ a: [FeatureValue], _ b: [FeatureValue]) -> Bool {
        switch lists {
        case .ordered: a.count == b.count && zip(a, b).allSatisfy { areEqual($0, $1) }
        case .set: isWithin(a, b) && isWithin(b, a)
        case .multiset: a.count == b.count && ElementMatching(a, b, areEqual: areEqual).isPerfect
        }
    }

    /// Whether each of `a` is among `b`.
    private func isWithin(_ a: [FeatureValue], _ b: [FeatureValue]) -> Bool {
        let exact = Set(b)
        return a.allSatisfy { value in exact.contains(value) || b.contains { areEqual(value, $0) } }
    }
}

extension ValueEquality.Numbers {
    func areEqual(_ a: Double, _ b: Double) -> Bool { rule.areEqual(a, b) }

    func areEqual(_ a: Float, _ b: Float) -> Bool {
        guard case .unitsInLastPlace(let limit) = self else { return rule.areEqual(Double(a), Double(b)) }
        // Steps between float32 numbers are not steps between float64 ones.
        guard a.isFinite, b.isFinite else { return a == b || a.isNaN && b.isNaN }
        let (x, y) = (Int64(a.magnitude.bitPattern), Int64(b.magnitude.bitPattern))
        return abs((a.sign == .minus ? -x : x) - (b.sign == .minus ? -y : y)) <= Int64(limit)
    }

    private var rule: FloatEquality {
        switch self {
        case .exact: .exact
        case .within(let relative, let absolute): .tolerance(absolute: absolute, relative: relative)
        case .unitsInLastPlace(let count): .unitsInLastPlace(UInt64(count))
        case .float32: .float32
        case .decimals(let places): .decimals(places)
        }
    }
}
