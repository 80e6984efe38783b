extension ContiguousArray<UInt8> {
    /// Appends small numbers in the format's hybrid of runs (a count and the value) and bit-packed groups of eight.
    mutating func append<Number: FixedWidthInteger & UnsignedInteger>(
        hybrid numbers: UnsafeBufferPointer<Number>, bitWidth: Int
    ) {
        // A run costs its header, its value and the header of what follows: a shorter one is cheaper packed.
        let shortestRun = Swift.max(8, 64 / bitWidth)
        var literalsStart = 0
        var position = 0
        while position < numbers.count {
            let run = numbers.runLength(at: position)
            if run >= shortestRun {
                append(bitPacked: UnsafeBufferPointer(rebasing: numbers[literalsStart..<position]), bitWidth: bitWidth)
                append(varint: UInt64(run) << 1)
                for byte in 0..<(bitWidth + 7) / 8 { append(UInt8(truncatingIfNeeded: numbers[position] >> Number(byte * 8))) }
                position += run
                literalsStart = position
            } else {
                position += 8
            }
        }
        append(bitPacked: UnsafeBufferPointer(rebasing: numbers[literalsStart...]), bitWidth: bitWidth)
    }

    /// One bit-packed run, its last group filled up with zeros.
    private mutating func append<Number: FixedWidthInteger & UnsignedInteger>(
        bitPacked numbers: UnsafeBufferPointer<Number>, bitWidth: Int
    ) {
        guard !numbers.isEmpty else { return }
        let groups = (numbers.count + 7) / 8
        append(varint: UInt64(groups) << 1 | 1)
        let start = count
        append(contentsOf: repeatElement(0, count: groups * bitWidth))
        withUnsafeMutableBytes { output in
            var position = start
            var pending: UInt64 = 0
            var pendingBits = 0
            for number in numbers {
                pending |= UInt64(number) << UInt64(pendingBits)
                pendingBits += bitWidth
                if pendingBits >= 32 {
                    output.storeBytes(
                        of: UInt32(truncatingIfNeeded: pending).littleEndian, toByteOffset: position, as: UInt32.self)
                    position += 4
                    pending >>= 32
                    pendingBits -= 32
                }
            }
            while pendingBits > 0 {
                output[position] = UInt8(truncatingIfNeeded: pending)
                position += 1
                pending >>= 8
                pendingBits -= 8
            }
        }
    }
}

extension UnsafeBufferPointer where Element: Equatable {
    /// How many equal elements there are from a position on.
    @inline(__always)
    fileprivate func runLength(at position: Int) -> Int {
        let value = self[position]
        var end = position + 1
        while end < count, self[end] == value { end += 1 }
        return end - position
    }
}
