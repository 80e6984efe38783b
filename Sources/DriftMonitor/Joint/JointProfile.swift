/// What is kept of the joint distribution of some features in a window: co-moments, Fourier sums, a sample of rows and the entities.
/// Additive as the other profiles are.
///
/// Values are standardised by the features' own frames and bounded at ±4 scales, so that a few wild values decide no correlation.
package struct JointProfile: Hashable, Sendable {
    package let frame: JointFrame
    package private(set) var rows: UInt64 = 0
    package private(set) var coMoments: CoMoments
    package private(set) var fourier: RandomFourierSums
    /// Each row's numeric values, then the codes of its categories; NaN is missing.
    package private(set) var sample: RowSample
    package private(set) var entities = DistinctSketch()

    /// Rows that the sample of a window keeps.
    package static let sampleSize = 1000
    package static let bound = 4.0

    package init(frame: JointFrame) {
        self.frame = frame
        coMoments = CoMoments(columns: frame.columns.count)
        fourier = RandomFourierSums(frame: frame.fourier)
        sample = RowSample(capacity: Self.sampleSize)
    }

    init(
        frame: JointFrame, rows: UInt64, coMoments: CoMoments, fourier: RandomFourierSums, sample: RowSample,
        entities: DistinctSketch
    ) {
        self.frame = frame
        self.rows = rows
        self.coMoments = coMoments
        self.fourier = fourier
        self.sample = sample
        self.entities = entities
    }

    /// z as it is kept.
    @inline(__always)
    package static func bounded(_ z: Double) -> Double { z.isNaN ? z : max(-bound, min(bound, z)) }

    /// A category as a number: a hash of 32 bits.
    package static func code(_ value: String) -> Double { Double(StableHash.md5(value) >> 32) }

    /// Adds rows: values are bounded z and codes, as `frame` orders them.
    package mutating func add(_ rows: [RowSample.Row]) {
        guard !rows.isEmpty else { return }
        let width = frame.columns.count
        self.rows += UInt64(rows.count)
        coMoments.add(rows: rows.map { $0.values.count == width ? $0.values : Array($0.values.prefix(width)) })
        for row in rows {
            entities.add(row.entity)
            sample.add(row)
            if row.hash <= frame.fourierLimit, width > 0 {
                fourier.add(row.values.prefix(width).map { $0.isNaN ? 0 : $0 })
            }
        }
    }

    package mutating func merge(_ other: JointProfile) {
        rows += other.rows
        coMoments.merge(other.coMoments)
        fourier.merge(other.fourier)
        sample.merge(other.sample)
        entities.merge(other.entities)
    }

    /// By how much rows of one entity going together inflates the variance of a feature's distribution; 1 where they do not.
    package func designEffect(of feature: String) -> Double {
        let width = frame.columns.count
        let place = frame.columns.firstIndex(of: feature) ?? frame.categories.firstIndex(of: feature).map { width + $0 }
        guard let place else { return 1 }
        return DesignEffect.of(sample.rows.map { (entity: $0.entity, value: $0.values[place]) }, of: Double(rows))
    }
}
