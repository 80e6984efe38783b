import FeatureDefs

/// The last so many of the values given, in a ring.
struct LastValues: Sendable {
    private let limit: Int
    private let element: FeatureType.Scalar
    private var values: [FeatureValue] = []
    /// Where the next value goes once the ring is full: the place of the oldest.
    private var oldest = 0

    init(limit: Int, element: FeatureType.Scalar) {
        self.limit = limit
        self.element = element
    }

    mutating func add(_ value: FeatureValue) {
        if values.count < limit {
            values.append(value)
        } else {
            values[oldest] = value
            oldest = (oldest + 1) % limit
        }
    }

    var newestFirst: FeatureList {
        FeatureList((values[oldest...] + values[..<oldest]).reversed(), of: element)
    }
}
