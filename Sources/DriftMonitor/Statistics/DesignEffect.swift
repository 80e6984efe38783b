/// How many rows tell as much as one independent row would, when rows of one entity go together (monitoring.md §2.7).
///
/// Rao and Scott's mean design effect (1981): over the cells of the feature's distribution, the variance of the cells' shares with
/// entities as clusters over the variance that independent rows would have. Without unit, at least 1.
package enum DesignEffect {
    private static let cells = 10

    /// From a uniform sample of `total` rows. In a sample an entity has fewer rows than it has: with a share f of the rows
    /// deff - 1 = (deff of the sample - 1) / f, as thinning takes f² of the pairs of an entity's rows and f of the rows.
    package static func of(_ sample: [(entity: UInt64, value: Double)], of total: Double) -> Double {
        let count = Double(sample.count)
        guard count > 1 else { return 1 }
        let cells = cells(of: sample.map(\.value))
        let width = (cells.max() ?? 0) + 1
        var byEntity: [UInt64: [Int]] = [:]
        for (row, cell) in zip(sample, cells) { byEntity[row.entity, default: []].append(cell) }
        // Nothing is known of how entities differ: all rows count as one.
        guard byEntity.count > 1 else { return max(1, total) }
        var shares = [Double](repeating: 0, count: width)
        for cell in cells { shares[cell] += 1 / count }
        let independent = shares.reduce(0) { $0 + $1 * (1 - $1) } / count
        guard independent > 0 else { return 1 }
        var squares = 0.0
        var counts = [Double](repeating: 0, count: width)
        // In a fixed order, as the sum is rounded.
        for (_, rows) in byEntity.sorted(by: { $0.key < $1.key }) {
            for cell in rows { counts[cell] += 1 }
            for cell in 0..<width {
                let deviation = counts[cell] - shares[cell] * Double(rows.count)
                squares += deviation * deviation
                counts[cell] = 0
            }
        }
        let entities = Double(byEntity.count)
        let clustered = entities / (entities - 1) * squares / (count * count)
        let inSample = clustered / independent
        return max(1, 1 + (inSample - 1) * max(1, total / count))
    }

    /// Ten cells with about as many rows each, those without a value in one of their own.
    private static func cells(of values: [Double]) -> [Int] {
        let sorted = values.filter { !$0.isNaN }.sorted()
        let cuts = sorted.isEmpty ? [] : (1..<Self.cells).map { sorted[$0 * sorted.count / Self.cells] }
        return values.map { value in value.isNaN ? 0 : 1 + cuts.count { $0 <= value } }
    }
}
