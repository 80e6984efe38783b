import FeatureDefs

/// Whether two lists pair off, each element with an equal one of its own.
///
/// Within a tolerance equality is not transitive, so that taking the first equal one may leave another without: pairs are found by
/// augmenting paths (Kuhn's algorithm), after what is exactly equal has been taken away where nothing has a tolerance.
struct ElementMatching {
    let isPerfect: Bool

    init(_ a: [FeatureValue], _ b: [FeatureValue], areEqual: (FeatureValue, FeatureValue) -> Bool) {
        guard a.contains(where: \.isFloat) else {
            isPerfect = Self.counts(a) == Self.counts(b)
            return
        }
        let neighbours = a.map { value in b.indices.filter { areEqual(value, b[$0]) } }
        var partner = [Int?](repeating: nil, count: b.count)
        func find(_ index: Int, _ visited: inout [Bool]) -> Bool {
            for other in neighbours[index] where !visited[other] {
                visited[other] = true
                let isFree = partner[other].map { find($0, &visited) } ?? true
                if isFree {
                    partner[other] = index
                    return true
                }
            }
            return false
        }
        isPerfect = a.indices.allSatisfy { index in
            var visited = [Bool](repeating: false, count: b.count)
            return find(index, &visited)
        }
    }

    private static func counts(_ values: [FeatureValue]) -> [FeatureValue: Int] {
        values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}

extension FeatureValue {
    fileprivate var isFloat: Bool {
        switch self {
        case .float64, .float32: true
        case .null, .int64, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: false
        }
    }
}
