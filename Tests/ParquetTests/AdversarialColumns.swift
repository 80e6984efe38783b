import Columnar

/// The same numbers for the same seed (splitmix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

/// Which rows of a column are NULL.
enum NullPattern: CaseIterable {
    case none, all, alternating, first, last, few, most, longRuns

    func isNull(_ row: Int, of count: Int, _ random: inout SeededRandom) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .alternating: row % 2 == 0
        case .first: row == 0
        case .last: row == count - 1
        case .few: Int.random(in: 0..<10, using: &random) == 0
        case .most: Int.random(in: 0..<10, using: &random) != 0
        case .longRuns: row / 130 % 2 == 1
        }
    }
}

/// How a column's values are spread: what decides on dictionaries, runs and pages.
enum Spread: CaseIterable {
    case unique, few, constant, sortedRuns
}

/// Columns of every type, with values that break things.
struct AdversarialColumns {
    var random: SeededRandom
    let nulls: NullPattern
    let spread: Spread

    static let scalarTypes: [ColumnType] = [
        .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .string, .bytes, .uuid,
    ]
    static let types: [ColumnType] = scalarTypes + scalarTypes.map { .list($0) } + [.vector(3), .vector(1)]

    static func name(_ type: ColumnType) -> String {
        switch type {
        case .list(let element): "list_\(element)"
        case .vector(let dimension): "vector_\(dimension)"
        case .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .string, .bytes, .uuid: "\(type)"
        }
    }

    /// A table of a column of each type.
    static func table(
        of types: [ColumnType] = types, rows: Int, nulls: NullPattern, spread: Spread, seed: UInt64
    ) -> ColumnTable {
        var columns = AdversarialColumns(random: SeededRandom(seed: seed), nulls: nulls, spread: spread)
        return ColumnTable(names: types.map(name), columns: types.map { columns.column($0, rows: rows) }, rowCount: rows)
    }

    mutating func column(_ type: ColumnType, rows: Int) -> Column {
        switch type {
        case .bool: .bool(primitive(rows, placeholder: true) { $0 % 3 == 0 })
        case .int16: .int16(primitive(rows, placeholder: 7) { Self.integer($0, ofTraps: [.min, .max, 0, -1]) })
        case .int32: .int32(primitive(rows, placeholder: 7) { Self.integer($0, ofTraps: [.min, .max, 0, -1, 65_536]) })
        case .int64: .int64(primitive(rows, placeholder: 7) { Self.integer($0, ofTraps: [.min, .max, 0, -1, (1 << 53) + 1]) })
        case .float32: .float32(primitive(rows, placeholder: .nan, Self.float32))
        case .float64: .float64(primitive(rows, placeholder: .nan, Self.float64))
        case .timestamp: .timestamp(primitive(rows, placeholder: 7, Self.timestamp))
        case .date: .date(primitive(rows, placeholder: 7) { Int32(truncatingIfNeeded: $0 % 400_000) - 200_000 })
        case .string: .string(byteArray(rows, Self.string))
        case .bytes: .bytes(byteArray(rows, Self.bytes))
        case .uuid: .uuid(primitive(rows, placeholder: 7) { UInt128($0) << 64 | UInt128($0 &* 0x9E37_79B9_7F4A_7C15) })
        case .list(let element): .list(list(rows, of: element))
        case .vector(let dimension): .vector(vector(rows, dimension))
        }
    }

    /// The number that the row's value is made from.
    private mutating func draw(_ row: Int) -> UInt64 {
        switch spread {
        case .unique: random.next()
        case .few: UInt64.random(in: 0..<23, using: &random)
        case .constant: 5
        case .sortedRuns: UInt64(row / 37)
        }
    }

    private mutating func primitive<Element>(
        _ rows: Int, placeholder: Element, _ value: (UInt64) -> Element
    ) -> PrimitiveColumn<Element> {
        var column = PrimitiveColumn<Element>()
        for row in 0..<rows {
            if nulls.isNull(row, of: rows, &random) {
                column.appendNull(placeholder: placeholder)
            } else {
                column.append(value(draw(row)))
            }
        }
        return column
    }

    private mutating func byteArray(_ rows: Int, _ value: (UInt64) -> [UInt8]) -> BytesColumn {
        var column = BytesColumn()
        for row in 0..<rows {
            if nulls.isNull(row, of: rows, &random) { column.appendNull() } else { column.append(value(draw(row))) }
        }
        return column
    }

    /// Lists of up to four elements, empty and NULL ones; the elements are NULL by the same pattern.
    private mutating func list(_ rows: Int, of element: ColumnType) -> ListColumn {
        var offsets: ContiguousArray<Int> = [0]
        var validity = Validity()
        for row in 0..<rows {
            if nulls.isNull(row, of: rows, &random) {
                validity.appendNull()
                offsets.append(offsets[row])
            } else {
                validity.appendValid()
                offsets.append(offsets[row] + Int.random(in: 0...4, using: &random))
            }
        }
        return ListColumn(offsets: offsets, elements: column(element, rows: offsets[rows]), validity: validity)
    }

    private mutating func vector(_ rows: Int, _ dimension: Int) -> VectorColumn {
        var validity = Validity()
        var values = ContiguousArray<Float>()
        for row in 0..<rows {
            if nulls.isNull(row, of: rows, &random) { validity.appendNull() } else { validity.appendValid() }
            for _ in 0..<dimension { values.append(Self.float32(draw(row))) }
        }
        return VectorColumn(dimension: dimension, values: values, validity: validity)
    }

    private static func integer<Number: FixedWidthInteger>(_ draw: UInt64, ofTraps traps: [Number]) -> Number {
        draw % 8 == 0 ? traps[Int(draw / 8 % UInt64(traps.count))] : Number(truncatingIfNeeded: draw)
    }

    private static func float32(_ draw: UInt64) -> Float {
        let traps: [Float] = [.nan, -.nan, -0.0, 0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
        return draw % 4 == 0 ? traps[Int(draw / 4 % 8)] : Float(draw % 100_000) / 16 - 1000
    }

    private static func float64(_ draw: UInt64) -> Double {
        let traps: [Double] = [.nan, -.nan, -0.0, 0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
        return draw % 4 == 0 ? traps[Int(draw / 4 % 8)] : Double(draw >> 3) * 0x1p-60 - 1
    }

    /// Before 1970 and after, the ends of Postgres' range among them.
    private static func timestamp(_ draw: UInt64) -> Int64 {
        let traps: [Int64] = [0, -1, 1, -210_866_803_200_000_000, 9_223_371_331_199_999_999, 1_700_000_000_000_001]
        return draw % 6 == 0 ? traps[Int(draw / 6 % 6)] : Int64(draw % 4_000_000_000_000_000) - 2_000_000_000_000_000
    }

    private static func string(_ draw: UInt64) -> [UInt8] {
        let traps = [
            "", "\u{0}", "é", "e\u{301}", "\u{10FFFF}", String(repeating: "\u{10FFFF}", count: 70),
            String(repeating: "ab", count: 2000),
            String(repeating: "ü", count: 63), "NULL", "\"", "a,b\n",
        ]
        return Array((draw % 3 == 0 ? traps[Int(draw / 3 % UInt64(traps.count))] : "v\(draw)").utf8)
    }

    private static func bytes(_ draw: UInt64) -> [UInt8] {
        switch draw % 5 {
        case 0: []
        case 1: [UInt8](repeating: 0xFF, count: 100)
        case 2: [0]
        default: withUnsafeBytes(of: draw) { Array($0) }
        }
    }
}
