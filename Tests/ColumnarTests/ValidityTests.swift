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
