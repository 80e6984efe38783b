import Oracle
import Testing

@testable import AsOfJoin

/// Rows come in the order of their times, those of one time in the order in which they came.
@Suite struct TimeSortTests {
    @Test(arguments: ["even", "crowded", "far apart", "few instants", "falling", "infinite"])
    func equalsASortByComparison(times: String) {
        var random = SeededGenerator(seed: 7)
        var sort = TimeSort()
        for count in [0, 1, 2, 3, 23, 24, 25, 100, 1000] {
            let rows = (0..<count).map { row in
                TimeSort.Row(time: Self.time(times, row, &random), row: Int32(row))
            }
            var sorted = rows
            sorted.withUnsafeMutableBufferPointer { sort.sort($0) }
            let expected = rows.sorted { ($0.time, $0.row) < ($1.time, $1.row) }
            #expect(sorted.map(\.row) == expected.map(\.row), "\(count) rows")
            #expect(sorted.map(\.time) == expected.map(\.time), "\(count) rows")
        }
    }

    private static func time(_ times: String, _ row: Int, _ random: inout SeededGenerator) -> Int64 {
        switch times {
        case "even": Int64.random(in: -1_000_000...1_000_000, using: &random)
        case "crowded": row == 3 ? 1 << 60 : Int64.random(in: 0...1000, using: &random)
        case "far apart": Int64.random(in: -(1 << 62)...1 << 62, using: &random)
        case "few instants": Int64.random(in: 0...3, using: &random) * 10
        case "falling": -Int64(row)
        default: [Int64.min, 0, 1, Int64.max].randomElement(using: &random) ?? 0
        }
    }
}
