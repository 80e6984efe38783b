import Foundation

/// The random directions by which rows are mapped so that a sum of the maps stands for a joint distribution (Rahimi and Recht 2007).
/// Frozen with the baseline. Vector: mmd.rff_mergeable.
package struct RandomFourierFrame: Hashable, Sendable {
    /// The bandwidth of the kernel that the map stands for.
    package let sigma: Double
    /// D rows of a weight for each column.
    package let directions: [[Double]]
    /// The same column by column, as they are multiplied: all directions' weights of a column, then those of the next.
    let weights: ContiguousArray<Double>

    package init(directions: [[Double]], sigma: Double) {
        precondition(sigma > 0 && !directions.isEmpty, "a map has directions and a bandwidth above 0")
        self.directions = directions
        self.sigma = sigma
        weights = ContiguousArray(directions[0].indices.flatMap { column in directions.map { $0[column] } })
    }

    /// D standard normal directions from a seed. The kernel's error is about 1 / sqrt(D).
    package init(columns: Int, dimensions: Int = 512, sigma: Double, seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed)
        self.init(
            directions: (0..<dimensions).map { _ in (0..<columns).map { _ in random.normal() } }, sigma: sigma)
    }

    package var columns: Int { directions[0].count }
}

/// The sum of phi(row) = [cos(w.x / sigma) for each w, sin(w.x / sigma)] / sqrt(D) over rows: adds up over windows, so the joint
/// distribution of any month can be compared without its rows. Kept in whole units of 2^-60: no order matters.
/// Some microseconds a row at 512 directions: give it a sample where there are many.
package struct RandomFourierSums: Hashable, Sendable {
    package let frame: RandomFourierFrame
    package private(set) var count: UInt64 = 0
    private(set) var sums: ContiguousArray<Int128>

    package init(frame: RandomFourierFrame) {
        self.frame = frame
        sums = ContiguousArray(repeating: 0, count: 2 * frame.directions.count)
    }

    init(frame: RandomFourierFrame, count: UInt64, sums: ContiguousArray<Int128>) {
        self.frame = frame
        self.count = count
        self.sums = sums
    }

    /// Adds a row of finite, standardised values; a missing one is best given as 0, the baseline's median.
    package mutating func add(_ row: [Double]) {
        precondition(row.count == frame.columns, "a row has a value for each column of the frame")
        count += 1
        let (dimensions, sigma) = (frame.directions.count, frame.sigma)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * dimensions) { memory in
            memory.initialize(repeating: 0)
            let (angles, sines) = (memory.extracting(..<dimensions), memory.extracting(dimensions...))
            frame.weights.withUnsafeBufferPointer { weights in
                for (column, value) in row.enumerated() {
                    let first = column &* dimensions
                    for index in 0..<dimensions { angles[index] += weights[first &+ index] * value }
                }
            }
            for index in 0..<dimensions { angles[index] /= sigma }
            Self.replaceByCosines(angles, sines: sines)
            sums.withUnsafeMutableBufferPointer { sums in
                for index in 0..<dimensions {
                    sums[index] &+= Int128(Int64(angles[index] * 0x1p60))
                    sums[dimensions &+ index] &+= Int128(Int64(sines[index] * 0x1p60))
                }
            }
        }
    }

    private static func replaceByCosines(
        _ angles: UnsafeMutableBufferPointer<Double>, sines: UnsafeMutableBufferPointer<Double>
    ) {
        let greatest = angles.reduce(0) { max($0, $1.magnitude) }
        guard greatest <= SineAndCosine.greatestAngle else {
            for index in angles.indices { (sines[index], angles[index]) = (sin(angles[index]), cos(angles[index])) }
            return
        }
        for index in angles.indices { (sines[index], angles[index]) = SineAndCosine.of(angles[index]) }
    }

    package mutating func merge(_ other: RandomFourierSums) {
        precondition(frame == other.frame, "sums of one frame merge")
        count += other.count
        for index in sums.indices { sums[index] += other.sums[index] }
    }

    /// The sum of phi, 2 D numbers.
    package var values: [Double] {
        let scale = 0x1p-60 / Double(frame.directions.count).squareRoot()
        return sums.map { Double($0) * scale }
    }

    /// |mean phi(x) - mean phi(y)|², the biased MMD² under the mapped kernel.
    package func biasedDiscrepancy(_ other: RandomFourierSums) -> Double {
        let (n, m) = (Double(count), Double(other.count))
        return zip(values, other.values).reduce(0) { $0 + ($1.0 / n - $1.1 / m) * ($1.0 / n - $1.1 / m) }
    }

    /// (|sx|² - n) / (n (n - 1)) + (|sy|² - m) / (m (m - 1)) - 2 mean phi(x) . mean phi(y): every |phi| is 1.
    package func unbiasedDiscrepancy(_ other: RandomFourierSums) -> Double {
        let (n, m) = (Double(count), Double(other.count))
        let (x, y) = (values, other.values)
        let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        func within(_ values: [Double], _ n: Double) -> Double {
            (values.reduce(0) { $0 + $1 * $1 } - n) / (n * (n - 1))
        }
        return within(x, n) + within(y, m) - 2 * product / (n * m)
    }

    /// The chance of a discrepancy this large when whole windows are dealt anew to the two sides: (1 + reached) / (1 + draws). Whole
    /// windows, because rows of one hour go together.
    package static func blockPermutationPValue(
        _ reference: [RandomFourierSums], _ current: [RandomFourierSums], draws: Int = 499, seed: UInt64 = 1
    ) -> Double {
        guard let first = reference.first, !current.isEmpty else { return 1 }
        func total(_ windows: ArraySlice<RandomFourierSums>) -> RandomFourierSums {
            windows.reduce(into: RandomFourierSums(frame: first.frame)) { $0.merge($1) }
        }
        var windows = reference + current
        func discrepancy() -> Double {
            total(windows[..<reference.count]).unbiasedDiscrepancy(total(windows[reference.count...]))
        }
        let observed = discrepancy()
        var random = SplitMix64(seed: seed)
        var reached = 1
        for _ in 0..<draws {
            for index in stride(from: windows.count - 1, to: 0, by: -1) { windows.swapAt(index, random.below(index + 1)) }
            if discrepancy() >= observed - 1e-12 { reached += 1 }
        }
        return Double(reached) / Double(draws + 1)
    }
}
