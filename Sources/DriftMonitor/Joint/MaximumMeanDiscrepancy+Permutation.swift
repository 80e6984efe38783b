/// The chance of an unbiased MMD this large when the rows could as well have come from either side.
extension MaximumMeanDiscrepancy {
    /// How many splits reach the observed one, of how many, and the quotient.
    package struct Permutations: Hashable, Sendable {
        package let reached: Int
        package let total: Int
        package let pValue: Double
    }

    /// Over all C(n + m, n) splits, the observed one among them: so never below 1 / C. For small samples; nil above a million splits.
    package func enumeratedPermutations() -> Permutations? {
        let size = points.count
        var splits = 1.0
        for index in 0..<referenceCount { splits = splits * Double(size - index) / Double(index + 1) }
        guard splits < 1e6, referenceCount > 1, currentCount > 1 else { return nil }
        let kernel = points.map { a in points.map { Self.kernel(a, $0, squaredBandwidth) } }
        var chosen = Array(0..<referenceCount)
        var (reached, total) = (0, 0)
        while true {
            var isReference = [Bool](repeating: false, count: size)
            for index in chosen { isReference[index] = true }
            if isReachedBy(statistic(kernel, isReference)) { reached += 1 }
            total += 1
            // The next choice in lexicographic order.
            guard let place = chosen.indices.last(where: { chosen[$0] < size - referenceCount + $0 }) else { break }
            chosen[place] += 1
            for later in (place + 1)..<max(referenceCount, place + 1) { chosen[later] = chosen[later - 1] + 1 }
        }
        return Permutations(reached: reached, total: total, pValue: Double(reached) / Double(total))
    }

    private func statistic(_ kernel: [[Double]], _ isReference: [Bool]) -> Double {
        var (within, across, other) = (0.0, 0.0, 0.0)
        for i in points.indices {
            for j in 0..<i {
                if isReference[i] != isReference[j] {
                    across += kernel[i][j]
                } else if isReference[i] {
                    within += kernel[i][j]
                } else {
                    other += kernel[i][j]
                }
            }
        }
        return Self.unbiased(within, across, other, Double(referenceCount), Double(currentCount))
    }

    /// Sums in another order differ in the last bits; a split that is the observed one must still reach it.
    private func isReachedBy(_ value: Double) -> Bool { value >= unbiased - 1e-12 * max(1, abs(unbiased)) }

    /// By drawing: (1 + reached) / (1 + draws), which is never 0. Rows of one group (an entity, on one side) move together; without
    /// groups each row is its own. All draws share one pass over the kernel, which is not stored: n² / 2 kernels and n² draws / 2
    /// multiplications.
    package func drawnPermutations(_ draws: Int = 499, groups: [Int]? = nil, seed: UInt64 = 1) -> Permutations {
        let size = points.count
        let groups = groups ?? Array(0..<size)
        precondition(groups.count == size, "each row of both samples has a group")
        // member[i * draws + b] is 1 where draw b puts row i on the reference's side.
        var member = [Double](repeating: 0, count: size * draws)
        var counts = [Double](repeating: 0, count: draws)
        var order = Array(Dictionary(grouping: 0..<size) { groups[$0] }.sorted { $0.key < $1.key }.map(\.value))
        var random = SplitMix64(seed: seed)
        for draw in 0..<draws {
            for index in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(index, random.below(index + 1)) }
            for rows in order where counts[draw] < Double(referenceCount) {
                for row in rows { member[row * draws + draw] = 1 }
                counts[draw] += Double(rows.count)
            }
        }
        // With a = member: sum over pairs of a_i a_j k is `within`; sum of a_i times row i's total is 2 within + across.
        var within = [Double](repeating: 0, count: draws)
        var touching = [Double](repeating: 0, count: draws)
        var all = 0.0
        var rowTotals = [Double](repeating: 0, count: size)
        var inRow = [Double](repeating: 0, count: draws)
        for i in 0..<size {
            for draw in 0..<draws { inRow[draw] = 0 }
            for j in 0..<i {
                let k = Self.kernel(points[i], points[j], squaredBandwidth)
                all += k
                rowTotals[i] += k
                rowTotals[j] += k
                member.withUnsafeBufferPointer { member in
                    inRow.withUnsafeMutableBufferPointer { inRow in
                        let base = j &* draws
                        for draw in 0..<draws { inRow[draw] += k * member[base &+ draw] }
                    }
                }
            }
            for draw in 0..<draws { within[draw] += member[i * draws + draw] * inRow[draw] }
        }
        for i in 0..<size {
            for draw in 0..<draws { touching[draw] += member[i * draws + draw] * rowTotals[i] }
        }
        let reached = (0..<draws).count { draw in
            let across = touching[draw] - 2 * within[draw]
            let (n, m) = (counts[draw], Double(size) - counts[draw])
            // A side with fewer than two rows has no unbiased estimate; count it against a finding.
            guard n > 1, m > 1 else { return true }
            return isReachedBy(Self.unbiased(within[draw], across, all - within[draw] - across, n, m))
        }
        return Permutations(reached: reached + 1, total: draws + 1, pValue: Double(reached + 1) / Double(draws + 1))
    }
}
