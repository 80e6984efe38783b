import Testing

@testable import FeatureDefs

@Suite struct InventoryFreshnessTests {
    private static let hour: Int64 = 3_600_000_000

    private func lateBy(_ schedule: Schedule?, microsecondsAfterCut: Int64) -> String? {
        let cut = Timestamp(microseconds: 100 * Self.hour)
        return InventoryFreshness(
            cut: cut, finishedAt: cut, isOfThisDefinition: true, schedule: schedule,
            now: cut + Period(microseconds: microsecondsAfterCut)
        ).lateBy
    }

    /// The next run is due at cut + every + lag.
    @Test func aViewIsLateOnceItsNextRunWasDue() {
        let schedule = Schedule(every: Period(microseconds: Self.hour), lag: Period(microseconds: Self.hour / 12))
        let due = Self.hour + Self.hour / 12
        #expect(lateBy(schedule, microsecondsAfterCut: due - 1) == nil)
        #expect(lateBy(schedule, microsecondsAfterCut: due) == nil)
        #expect(lateBy(schedule, microsecondsAfterCut: due + 1) == "0s")
        #expect(lateBy(schedule, microsecondsAfterCut: due + 2 * Self.hour + 1_999_999) == "2h1s")
        #expect(lateBy(nil, microsecondsAfterCut: 1000 * Self.hour) == nil)
    }
}
