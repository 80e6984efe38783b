/// What the joint profiles of some features are measured in: fixed by their baseline, as a `NumericFrame` is for one feature.
package struct JointFrame: Hashable, Sendable {
    /// The numeric features whose joint distribution is kept, at most `columnLimit`.
    package let columns: [String]
    /// The categorical features, of which only the row sample knows: a code for each value.
    package let categories: [String]
    package let fourier: RandomFourierFrame
    /// A row is in the Fourier sums when its hash is at most this: they cost some 8 µs a row.
    package let fourierLimit: UInt64

    package static let columnLimit = 64
    package static let fourierDimensions = 256
    /// Rows of the baseline that its Fourier sums hold at most, about.
    package static let fourierRows = 50_000.0

    package init(columns: [String], categories: [String], fourier: RandomFourierFrame, fourierLimit: UInt64 = .max) {
        self.columns = columns
        self.categories = categories
        self.fourier = fourier
        self.fourierLimit = fourierLimit
    }

    /// From rows of the baseline, standardised and bounded: half the median of the pairs' squared distances is sigma² (monitoring.md
    /// §2.5, 2). Of more rows than 500 the first ones count: give them by hash.
    package init(columns: [String], categories: [String], baseline rows: [[Double]], baselineRows: Int) {
        let points = rows.prefix(500).map { row in row.prefix(columns.count).map { $0.isNaN ? 0 : $0 } }
        let median = columns.isEmpty ? 0 : MaximumMeanDiscrepancy.medianSquaredDistance(points.map { Array($0) })
        let share = min(1, Self.fourierRows / Double(max(1, baselineRows)))
        self.init(
            columns: columns, categories: categories,
            fourier: RandomFourierFrame(
                columns: columns.count, dimensions: Self.fourierDimensions, sigma: median > 0 ? (median / 2).squareRoot() : 1),
            fourierLimit: share < 1 ? UInt64(share * 0x1p64) : .max)
    }
}
