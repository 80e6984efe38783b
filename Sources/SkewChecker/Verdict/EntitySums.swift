/// What the interval of a mismatch rate needs, summed entity by entity: rows of one entity go together (monitoring.md §3.4).
///
/// A logged value stands for 1 / p values where a share p of the entities is logged.
package struct EntitySums: Hashable, Sendable {
    /// One entity's values: how many were compared, how many of those differ, and for how many those and these stand.
    package struct Entity: Hashable, Sendable, Codable {
        package var count = 0.0
        package var hits = 0.0
        package var weight = 0.0
        package var weightedHits = 0.0

        package init() {}

        package init(count: Double, hits: Double, probability: Double) {
            self.count = count
            self.hits = hits
            weight = count / probability
            weightedHits = hits / probability
        }
    }

    package private(set) var compared = 0
    package private(set) var different = 0
    package private(set) var entities = 0
    package private(set) var entitiesWithMismatch = 0
    private var weight = 0.0
    private var weightedHits = 0.0
    /// Sums of squares and products of the entities' weighted counts and hits, each times 1 - p: where every entity is logged, the
    /// choice of entities adds no variance.
    private var countSquares = 0.0
    private var countHits = 0.0
    private var hitSquares = 0.0
    private var weightSquares = 0.0

    package init() {}

    package init(_ entities: [Entity]) {
        for entity in entities { add(entity) }
    }

    package mutating func add(_ entity: Entity) {
        guard entity.count > 0, entity.weight > 0, entity.weight.isFinite else { return }
        compared += Int(entity.count)
        different += Int(entity.hits)
        entities += 1
        if entity.hits > 0 { entitiesWithMismatch += 1 }
        let (count, hits) = (entity.weight, entity.weightedHits)
        weight += count
        weightedHits += hits
        weightSquares += entity.weight * entity.weight / entity.count
        let correction = 1 - min(1, entity.count / entity.weight)
        countSquares += correction * count * count
        countHits += correction * count * hits
        hitSquares += correction * hits * hits
    }

    package var rate: Double? { weight > 0 ? weightedHits / weight : nil }

    /// Too few entities that differ tell little of how mismatches go together.
    private static let tellingEntities = 10

    /// n / deff, at most the number of values. The variance is the ratio estimator's over entities (Cochran, Sampling Techniques,
    /// §3.12), with the finite population correction 1 - p, and that of independent draws for the rest: with everything logged
    /// what was served is known, and only the process that served it is estimated. With few mismatches, and so little to see of
    /// how they go together, all values of an entity are taken for one.
    package var effectiveCount: Double {
        guard weight > 0 else { return 0 }
        // Kish: unequal weights.
        let n = weight * weight / weightSquares
        let p = weightedHits / weight
        var effective = n
        let independent = p * (1 - p) / n
        if independent > 0, entities > 1 {
            let correction = Double(entities) / Double(entities - 1)
            let between = correction * (hitSquares - 2 * p * countHits + p * p * countSquares) / (weight * weight)
            effective = p * (1 - p) / max(independent, between)
        }
        if entitiesWithMismatch < Self.tellingEntities {
            let between = countSquares / (weight * weight)
            if between > 0 { effective = min(effective, 1 / max(1 / n, between)) }
        }
        return min(effective, Double(compared))
    }
}
