/// In which of a cluster's 16,384 slots a key is (https://redis.io/docs/reference/cluster-spec, "Key distribution model").
enum HashSlot {
    static let count = 16_384

    /// CRC16 of the key, or of what is between its first `{` and the next `}` when there is anything: our keys are binary, and a
    /// brace that is there by accident counts for the server as any other does.
    static func slot(of key: ArraySlice<UInt8>) -> Int {
        Int(crc16(hashed(key))) % count
    }

    private static func hashed(_ key: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return key }
        return key[open + 1..<close]
    }

    /// CRC-16/XMODEM: polynomial 0x1021, from 0, most significant bit first.
    private static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes { crc = (crc << 8) ^ table[Int(UInt8(crc >> 8) ^ byte)] }
        return crc
    }

    private static let table: [UInt16] = (0..<256).map { byte in
        var crc = UInt16(byte) << 8
        for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
        return crc
    }
}
