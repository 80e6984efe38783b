import Testing

@testable import FeatureDefs

struct HexadecimalTests {
    @Test func everyByteIsTwoDigits() {
        #expect([0x00, 0x09, 0x0a, 0x0f, 0x10, 0x9f, 0xa9, 0xff].hexadecimal == "00090a0f109fa9ff")
        let all = (0...255).map { UInt8($0) }.hexadecimal
        #expect(all.count == 512)
        for byte in 0...255 {
            let digits = String(Array(all)[2 * byte..<2 * byte + 2])
            #expect(UInt8(digits, radix: 16) == UInt8(byte))
        }
    }
}
