/// How far a night's joint distribution is from its reference's, and how often chance gives as much. Three nulls, as each overlooks
/// something: dealt entities and hours take days for alike, and nights are few.
package struct JointDiscrepancy: Hashable, Sendable, Codable {
    /// Unbiased MMD² by the random Fourier sums.
    package let value: Double
    /// Of the exact unbiased MMD² of up to 500 rows of each sample, whole entities dealt anew to the sides (monitoring.md §2.5, 3, which
    /// has 2,000); nil with fewer than 20 entities on one, and where `value` or another null says already that nothing is found.
    package let entitiesP: Double?
    /// Of `value`, whole hours dealt anew to the sides (§2.5, 2); nil with fewer than six on one, as against a training set, which has
    /// no hours.
    package let hoursP: Double?
    /// Of `value` among those of so many nights before, itself included; nil with fewer than 20.
    package let nightsP: Double?
    package let nights: Int

    /// The largest of those that are known.
    package var pValue: Double { [entitiesP, hoursP, nightsP].compactMap { $0 }.max() ?? 1 }

    private static let leastEntities = 20
    private static let leastHours = 6
    /// Kernels go with its square.
    private static let sampledRows = 500
    /// Above it a null is not rejected at any level that is used.
    private static let hopeless = 0.1

    /// - Parameter before: `value` of the nights before, each against its own reference.
    init?(_ night: DriftNight, from reference: DriftNight, before: [Double]) {
        guard let held = reference.joint, let joint = night.joint, held.frame == joint.frame, held.fourier.count > 1,
            joint.fourier.count > 1
        else { return nil }
        value = held.fourier.unbiasedDiscrepancy(joint.fourier)
        let hours = [reference.windows, night.windows].map { $0.filter { $0.count > 0 } }
        hoursP =
            hours.allSatisfy { $0.count >= Self.leastHours }
            ? RandomFourierSums.blockPermutationPValue(hours[0], hours[1]) : nil
        nights = before.count
        let found = value
        nightsP =
            before.count >= EffectGate.leastPairs
            ? Double(before.count { $0 >= found } + 1) / Double(before.count + 1) : nil
        let isOpen = value > 0 && max(hoursP ?? 0, nightsP ?? 0) <= Self.hopeless
        entitiesP = isOpen ? Self.dealtEntities(held, joint) : nil
    }

    private static func dealtEntities(_ reference: JointProfile, _ current: JointProfile) -> Double? {
        let (x, y) = (
            Array(reference.sample.rows.prefix(sampledRows)), Array(current.sample.rows.prefix(sampledRows))
        )
        // An entity's rows of one side go together; what it does on the other is another's.
        let groups = groups(x, from: 0)
        let others = self.groups(y, from: x.count)
        guard min(Set(groups).count, Set(others).count) >= leastEntities else { return nil }
        let width = reference.frame.columns.count
        func points(_ rows: [RowSample.Row]) -> [[Double]] { rows.map { $0.values.prefix(width).map { $0.isNaN ? 0 : $0 } } }
        let sigma = reference.frame.fourier.sigma
        return MaximumMeanDiscrepancy(points(x), points(y), squaredBandwidth: sigma * sigma)
            .drawnPermutations(groups: groups + others).pValue
    }

    /// For each row the number of its entity.
    private static func groups(_ rows: [RowSample.Row], from first: Int) -> [Int] {
        var known: [UInt64: Int] = [:]
        return rows.map { row in
            let number = known[row.entity] ?? first + known.count
            known[row.entity] = number
            return number
        }
    }
}
