import FeatureDefs
import OnlineStore
import Oracle
import Testing

struct PackedRowTests {
    static let version = RowVersion(
        cut: Timestamp(microseconds: -9_007_199_254_740_993), run: .max, event: .negativeInfinity, available: .infinity
    )

    @Test func theBytesAreAsDocumented() throws {
        let layout = PackedRowLayout(id: 258, cellTypes: [.int64, .string, .bool, .bytes])
        var bytes: [UInt8] = []
        let version = RowVersion(
            cut: .epoch, run: 772, event: Timestamp(microseconds: -1), available: Timestamp(microseconds: 1))
        try layout.encode([.int64(-2), .string("ab"), .null, .bytes([7])], version: version, into: &bytes)
        let header: [UInt8] =
            [2, 0, 1, 2] + [0x80, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 3, 4] + [0x7F, 255, 255, 255, 255, 255, 255, 255] + [
                0x80, 0, 0, 0, 0, 0, 0, 1,
            ]
        let fixed: [UInt8] = [0b0100] + [254, 255, 255, 255, 255, 255, 255, 255] + [0]
        #expect(bytes == header + fixed + [2, 0, 0, 0, 3, 0, 0, 0] + [97, 98, 7])
    }

    @Test(arguments: CellSamples.types) func everyValueComesBackBitForBit(type: FeatureType) throws {
        let values = CellSamples.values(of: type) + [.null]
        let layout = PackedRowLayout(id: 1, cellTypes: values.map { _ in type })
        var bytes: [UInt8] = []
        try layout.encode(values, version: Self.version, into: &bytes)
        let row = try PackedRow(bytes, layout: layout)
        #expect(try row.values().map(CellSamples.bits) == values.map(CellSamples.bits))
        #expect(row.version == Self.version)
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func randomRowsComeBackBitForBit(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let types = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
            CellSamples.types.randomElement(using: &generator) ?? .bool
        }
        let values = types.map { CellSamples.random(of: $0, using: &generator) }
        let layout = PackedRowLayout(id: 7, cellTypes: types)
        var bytes: [UInt8] = [9, 9]
        try layout.encode(values, version: Self.version, into: &bytes)
        let row = try PackedRow(Array(bytes.dropFirst(2)), layout: layout)
        #expect(try row.values().map(CellSamples.bits) == values.map(CellSamples.bits))
    }

    @Test func aMegabyteOfTextComesBack() throws {
        let layout = PackedRowLayout(id: 1, cellTypes: [.string, .string])
        let text = String(repeating: "é", count: 500_000)
        var bytes: [UInt8] = []
        try layout.encode([.string(text), .null], version: Self.version, into: &bytes)
        #expect(try PackedRow(bytes, layout: layout).values() == [.string(text), .null])
    }

    /// Bytes of the versions sort as the versions do: what the scripts in Redis rely on.
    @Test func headersSortAsVersionsDo() throws {
        let instants = [Int64.min, -9_007_199_254_740_993, -9_007_199_254_740_992, -1, 0, 1, .max].map {
            Timestamp(microseconds: $0)
        }
        let layout = PackedRowLayout(id: 1, cellTypes: [])
        var last: [UInt8] = []
        for cut in instants {
            for run in [0, 1, 256, UInt32.max] {
                for event in instants {
                    for available in instants {
                        var bytes: [UInt8] = []
                        let version = RowVersion(cut: cut, run: run, event: event, available: available)
                        try layout.encode([], version: version, into: &bytes)
                        #expect(last.lexicographicallyPrecedes(bytes))
                        last = bytes
                    }
                }
            }
        }
    }

    /// The bytes of format 1, as they were written before 2: still read, in place and as a whole, and never as format 2.
    @Test func rowsOfFormatOneAreRead() throws {
        let layout = PackedRowLayout(id: 5, cellTypes: [.int64, .timestamp], headerCell: 1)
        let version = RowVersion(cut: .epoch, run: 1, event: Timestamp(microseconds: 3), available: Timestamp(microseconds: 4))
        let header: [UInt8] =
            [0, 0, 5] + [0x80, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 1] + [0x80, 0, 0, 0, 0, 0, 0, 3] + [0x80, 0, 0, 0, 0, 0, 0, 4]
        let first: [UInt8] = [1] + header + [0] + [7, 0, 0, 0, 0, 0, 0, 0] + [3, 0, 0, 0, 0, 0, 0, 0]
        let second: [UInt8] = [2] + header + [0] + [7, 0, 0, 0, 0, 0, 0, 0]
        var written: [UInt8] = []
        try layout.encode([.int64(7), .timestamp(version.event)], version: version, into: &written)
        #expect(written == second)
        for bytes in [first, second] {
            let row = try PackedRow(bytes, layout: layout)
            #expect(try row.values() == [.int64(7), .timestamp(version.event)] && row.version == version)
        }
        for misplaced in [[1] + header + second[32...], [2] + header + first[32...], [3] + header + second[32...]] {
            #expect(throws: PackedRowError.self) { try PackedRow(misplaced, layout: layout) }
        }
    }

    /// An event of -infinity is not the same as none.
    @Test func theEventInTheHeaderIsNullOrTheVersions() throws {
        let layout = PackedRowLayout(id: 5, cellTypes: [.timestamp], headerCell: 0)
        for event in [Timestamp.negativeInfinity, .epoch, Timestamp(microseconds: -1), .infinity] {
            let version = RowVersion(cut: .epoch, run: 1, event: event, available: .epoch)
            for cell in [FeatureValue.null, .timestamp(event)] {
                var bytes: [UInt8] = []
                try layout.encode([cell], version: version, into: &bytes)
                let row = try PackedRow(bytes, layout: layout)
                #expect(try row.values() == [cell] && row.version == version)
            }
            var bytes: [UInt8] = [9]
            #expect(throws: PackedRowError.notTheEvent(cell: 0)) {
                try layout.encode([.timestamp(Timestamp(microseconds: 7))], version: version, into: &bytes)
            }
            #expect(bytes == [9])
        }
    }

    /// Format 0 had no run. Its rows are 4 bytes shorter, and their first word is the bare layout id.
    @Test func rowsOfTheFormerFormatAreNotMisread() throws {
        let layout = PackedRowLayout(id: 5, cellTypes: [.int64])
        var bytes: [UInt8] = []
        try layout.encode([.int64(7)], version: Self.version, into: &bytes)
        let former = [0] + bytes[1..<12] + bytes[16...] + [0, 0, 0, 0]
        #expect(throws: PackedRowError.otherFormat(found: 0)) {
            try PackedRow(Array(former), layout: layout)
        }
    }

    @Test func everyTruncationIsAnError() throws {
        let (layout, bytes) = try Self.sample()
        for size in 0..<bytes.count {
            #expect(throws: PackedRowError.self) {
                try PackedRow(Array(bytes.prefix(size)), layout: layout).values()
            }
        }
        #expect(throws: PackedRowError.trailingBytes(size: bytes.count + 1, expected: bytes.count)) {
            try PackedRow(bytes + [0], layout: layout)
        }
    }

    @Test func anotherLayoutIsNeverRead() throws {
        let (_, bytes) = try Self.sample()
        let other = PackedRowLayout(id: 2, cellTypes: [.int64])
        #expect(throws: PackedRowError.otherLayout(found: 1, expected: 2)) { try PackedRow(bytes, layout: other) }
    }

    /// Mutated bytes are an error, or another row that encodes to just these bytes: never a crash, never a guess.
    @Test(arguments: 0..<30 as Range<UInt64>) func mutatedRowsAreRefusedOrExact(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (layout, bytes) = try Self.sample()
        for _ in 0..<500 {
            var mutated = bytes
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0 where !mutated.isEmpty:
                    let place = Int.random(in: 0..<mutated.count, using: &generator)
                    mutated[place] = UInt8.random(in: 0...255, using: &generator)
                case 1 where !mutated.isEmpty:
                    mutated.removeLast(Int.random(in: 1...mutated.count, using: &generator))
                case 2: mutated.append(UInt8.random(in: 0...255, using: &generator))
                default:
                    guard let place = mutated.indices.randomElement(using: &generator) else { continue }
                    mutated[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
            }
            do {
                let row = try PackedRow(mutated, layout: layout)
                var again: [UInt8] = []
                try layout.encode(try row.values(), version: row.version, into: &again)
                #expect(again == mutated)
            } catch {
                continue
            }
        }
    }

    @Test func wrongValuesAreRefusedAndLeaveTheBuffer() {
        let layout = PackedRowLayout(id: 1, cellTypes: [.string, .int64])
        var bytes: [UInt8] = [1, 2, 3]
        #expect(throws: PackedRowError.wrongType(cell: 1, expected: .int64, found: .float64)) {
            try layout.encode([.string("x"), .float64(1)], version: Self.version, into: &bytes)
        }
        #expect(throws: PackedRowError.wrongCellCount(expected: 2, found: 1)) {
            try layout.encode([.string("x")], version: Self.version, into: &bytes)
        }
        #expect(bytes == [1, 2, 3])
    }

    private static func sample() throws -> (PackedRowLayout, [UInt8]) {
        let types = CellSamples.types + CellSamples.types + [.string]
        let layout = PackedRowLayout(id: 1, cellTypes: types)
        var generator = SeededGenerator(seed: 1)
        let values =
            CellSamples.types.compactMap { CellSamples.values(of: $0).last }
            + CellSamples.types.map { CellSamples.random(of: $0, using: &generator) } + [.string("end")]
        var bytes: [UInt8] = []
        try layout.encode(values, version: version, into: &bytes)
        return (layout, bytes)
    }
}
