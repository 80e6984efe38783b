import Columnar
import Testing

@Suite struct ValidityTests {
    @Test(arguments: [0, 1, 2, 62, 63, 64, 65, 127, 128, 129])
    func aNullAnywhereIsFoundThereAndNowhereElse(nullAt: Int) {
        var validity = Validity()
        for index in 0..<200 {
            if index == nullAt { validity.appendNull() } else { validity.appendValid() }
        }
        #expect(validity.count == 200)
        #expect(validity.nullCount == 1)
        #expect((0..<200).filter { !validity.isValid($0) } == [nullAt])
    }

    /// By words of 64 rows, which ranges and NULLs start in, end in and cross.
    @Test(arguments: [[], [0], [63, 64], [0, 1, 5, 64, 127, 128, 199], Array(60..<140), Array(0..<200)])
    func nullsAndRunsOfARangeAreThoseOfALoop(nulls: [Int]) {
        var validity = Validity()
        for index in 0..<200 {
            if nulls.contains(index) { validity.appendNull() } else { validity.appendValid() }
        }
        for range in [0..<200, 0..<0, 0..<1, 1..<64, 63..<65, 64..<128, 70..<199, 199..<200, 200..<200] {
            #expect(validity.nullRows(in: range) == range.filter { nulls.contains($0) }, "\(range)")
            let runs = validity.validRuns(in: range)
            #expect(runs.flatMap { Array($0) } == range.filter { !nulls.contains($0) }, "\(range)")
            #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }, "\(range)")
        }
    }

    @Test func aColumnOfNullsHasNoValue() {
        var column = PrimitiveColumn<Int64>()
        for _ in 0..<130 { column.appendNull(placeholder: 0) }
        #expect((0..<130).allSatisfy { column[$0] == nil })
    }

    @Test func emptyBytesAreNotNull() {
        var column = BytesColumn()
        column.append([UInt8]())
        column.appendNull()
        column.append([7])
        #expect(column[0].map(Array.init) == [])
        #expect(column[1] == nil)
        #expect(column[2].map(Array.init) == [7])
    }
}
