/// Two embeddings, compared: equal when they point the same way, are as long, and no component is far off (monitoring.md §3.3).
/// Vector: skew.embedding.
package struct EmbeddingDifference: Hashable, Sendable {
    /// 1 - a . b / (|a| |b|), between 0 and 2; 0 of two zero vectors, 1 of a zero and another.
    package let cosineDistance: Double
    /// |b| / |a|.
    package let normRatio: Double
    /// max |a_i - b_i|.
    package let largest: Double
    /// |a - b|.
    package let euclidean: Double

    /// Nil when the lengths differ.
    package init?(_ a: [Double], _ b: [Double]) {
        guard a.count == b.count else { return nil }
        func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let difference = zip(a, b).map { $0 - $1 }
        let (left, right) = (norm(a), norm(b))
        largest = difference.reduce(0) { max($0, abs($1)) }
        euclidean = norm(difference)
        normRatio = left == right ? 1 : right / left
        if left == 0 || right == 0 {
            cosineDistance = left == right ? 0 : 1
        } else {
            // |a/|a| - b/|b||² / 2: no digits are lost where the angle is small.
            let apart = zip(a, b).map { $0 / left - $1 / right }
            cosineDistance = apart.reduce(0) { $0 + $1 * $1 } / 2
        }
    }

    package func isMatch(cosine: Double = 1e-6, ratio: Double = 1e-4, absolute: Double = 1e-4) -> Bool {
        cosineDistance <= cosine && abs(normRatio - 1) <= ratio && largest <= absolute
    }
}
