import FeatureDefs
import Testing

@testable import OfflineStore

/// What counts say of each expectation: at its bounds, just beyond, and where there is nothing to judge by. That the counts are right is
/// `SourceCheckTests`' affair, which holds SQL and loops to this same judgement.
@Suite struct SourceCheckCountsTests {
    private static let now = Timestamp(microseconds: 1_700_000_000_000_000)
    private static let hour = Period(microseconds: 3_600_000_000)

    private func expectations(
        freshness: Period? = nil, unique: Bool = false, _ column: ColumnExpectation? = nil
    ) -> SourceExpectations {
        SourceExpectations(
            source: SourcePlan(
                name: "t", relation: .table(["t"]), eventTimestamp: ColumnReference(name: "at", storage: .timestamptz),
                createdTimestamp: nil, delay: .zero),
            freshness: freshness, unique: unique ? [ColumnReference(name: "a", storage: .int8)] : [],
            columns: column.map { [$0] } ?? [], isGate: false)
    }

    /// `outcome: found`, for each check.
    private func judged(
        _ expectations: SourceExpectations, rows: Int64, newest: Timestamp? = nil, duplicates: Int64? = nil,
        _ breaches: [ColumnBreach: Int64] = [:]
    ) -> [String] {
        SourceCheckCounts(
            rows: rows, newest: newest, duplicates: duplicates, breaches: expectations.columns.map { _ in breaches }
        ).checks(expectations, now: Self.now).map { "\($0.outcome): \($0.found)" }
    }

    @Test func freshnessIsInclusive() {
        let fresh = expectations(freshness: Self.hour)
        let then = Self.now - Self.hour
        #expect(judged(fresh, rows: 5, newest: then) == ["pass: newest \(then), 1h ago"])
        let before = then - Period(microseconds: 1)
        #expect(judged(fresh, rows: 5, newest: before) == ["fail: newest \(before), 1h ago"])
        #expect(judged(fresh, rows: 0) == ["fail: no row has happened"])
    }

    @Test func oneRowTwiceIsTooMany() {
        let unique = expectations(unique: true)
        #expect(judged(unique, rows: 5, duplicates: 0) == ["pass: no row twice"])
        #expect(judged(unique, rows: 5, duplicates: 1) == ["fail: 1 row more than once"])
        #expect(judged(unique, rows: 5, duplicates: 2) == ["fail: 2 rows more than once"])
        #expect(judged(unique, rows: 0, duplicates: 0) == ["inconclusive: no row twice"])
    }

    @Test func sharesAreOfWhatCouldHaveBrokenThem() throws {
        let (tenth, half) = (try #require(Share(0.1)), try #require(Share(0.5)))
        let column = ColumnExpectation(
            column: ColumnReference(name: "x", storage: .float8), minimum: .float64(0), domain: [.float64(1)], nulls: half,
            nans: tenth, allowed: tenth)
        let wanted = expectations(column)
        // Twenty rows, half of them NULL: NaN, range and domain are of the ten others.
        #expect(
            judged(wanted, rows: 20, [.null: 10, .nan: 1, .range: 1, .domain: 1]) == [
                "pass: 10 of 20 NULL (50.0%)", "pass: 1 of 10 NaN (10.0%)", "pass: 1 of 10 outside (10.0%)",
                "pass: 1 of 10 none of them (10.0%)",
            ])
        #expect(
            judged(wanted, rows: 20, [.null: 11, .nan: 1, .range: 1, .domain: 1]) == [
                "fail: 11 of 20 NULL (55.0%)", "fail: 1 of 9 NaN (11.0%)", "fail: 1 of 9 outside (11.0%)",
                "fail: 1 of 9 none of them (11.0%)",
            ])
        #expect(
            judged(wanted, rows: 20, [.null: 0, .nan: 0, .range: 0, .domain: 0]) == [
                "pass: none of 20 NULL", "pass: none of 20 NaN", "pass: none of 20 outside", "pass: none of 20 none of them",
            ])
        // All NULL: nothing is known of the values.
        #expect(
            judged(wanted, rows: 5, [.null: 5, .nan: 0, .range: 0, .domain: 0]) == [
                "fail: 5 of 5 NULL (100.0%)", "inconclusive: nothing to judge", "inconclusive: nothing to judge",
                "inconclusive: nothing to judge",
            ])
        #expect(judged(wanted, rows: 0, [.null: 0, .nan: 0, .range: 0, .domain: 0]).allSatisfy { $0.hasPrefix("inconclusive") })
    }

    /// Without an allowance one value outside is too many; without `nulls`, NULLs are nobody's affair.
    @Test func nothingIsAllowedThatIsNotSaid() {
        let column = ColumnExpectation(column: ColumnReference(name: "x", storage: .int8), maximum: .int64(9))
        #expect(judged(expectations(column), rows: 1_000_000, [.null: 7, .range: 1]) == ["fail: 1 of 999993 outside (0.0001%)"])
        #expect(judged(expectations(column), rows: 9, [.null: 7, .range: 0]) == ["pass: none of 2 outside"])
    }

    @Test func aReportIsAsBadAsItsWorstCheck() {
        func outcome(_ outcomes: [SourceCheckReport.Outcome]) -> SourceCheckReport.Outcome {
            SourceCheckReport(
                source: "t", since: nil, checkedAt: Self.now, rows: 1,
                checks: outcomes.map {
                    .init(kind: .nulls, column: "x", expected: "", found: "", breaches: 0, judged: 0, outcome: $0)
                }
            ).outcome
        }
        #expect(outcome([.pass, .pass]) == .pass && outcome([]) == .pass)
        #expect(outcome([.pass, .inconclusive]) == .inconclusive)
        #expect(outcome([.inconclusive, .fail, .pass]) == .fail)
    }
}
