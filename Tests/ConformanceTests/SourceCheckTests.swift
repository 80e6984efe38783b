import FeatureDefs
import Foundation
import Oracle
import PostgresClient
import TestSupport
import Testing
import Verification

@testable import OfflineStore

/// What a source's rows break, counted by SQL and by loops over the same rows.
@Suite struct SourceCheckTests {
    @Test(arguments: 0..<3)
    func countsEqualThoseOfLoops(block: UInt64) async throws {
        let connection = try await StoreBench.connect()
        var broken = [SourceCheckReport.Kind: Int]()
        for seed in block * 20..<(block + 1) * 20 {
            var random = SeededGenerator(seed: seed &+ 77_000)
            let table = CheckedTable(random: &random)
            try await table.create(on: connection)
            for _ in 0..<4 {
                let expectations = table.expectations(random: &random)
                let since = random.oneIn(2) ? nil : CheckedTable.instants.randomElement(using: &random)
                let now = CheckedTable.instants.filter(\.isFinite).randomElement(using: &random) ?? .epoch
                let report = try await SourceChecker(connection: connection).check(expectations, since: since, now: now)
                let naive = table.counts(expectations, since: since, now: now)
                let expected = naive.checks(expectations, now: now)
                #expect(report.rows == naive.rows, "seed \(seed)")
                #expect(report.checks.count == expected.count)
                for (found, wanted) in zip(report.checks, expected) {
                    var plain = found
                    plain.examples = []
                    #expect(plain == wanted, "seed \(seed), since \(String(describing: since)), now \(now)")
                    if found.outcome == .fail { broken[found.kind, default: 0] += 1 }
                    let hasRows = ![.type, .freshness].contains(found.kind)
                    #expect(!hasRows || found.examples.isEmpty == (found.outcome != .fail), "\(found)")
                }
            }
        }
        for kind in SourceCheckReport.Kind.allCases where kind != .type {
            #expect(broken[kind, default: 0] > 5, "\(kind) was broken \(broken[kind, default: 0]) times")
        }
        await connection.close()
    }

    @Test func aColumnOfAnotherTypeFailsAndIsHeldToNothingElse() async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            "CREATE TABLE t (at timestamptz, x text); INSERT INTO t VALUES ('2024-01-01Z', 'many')")
        let expectations = CheckedTable.expectations(columns: [
            ColumnExpectation(
                column: ColumnReference(name: "x", storage: .text), type: .float64, minimum: .float64(0), nulls: Share.zero)
        ])
        let report = try await SourceChecker(connection: connection).check(expectations, now: .epoch)
        #expect(report.checks.map(\.outcome) == [.fail, .pass, .inconclusive])
        #expect(report.checks[0].found == "string" && report.outcome == .fail)
        await connection.close()
    }

    /// Each storage is read, compared, grouped and shown.
    @Test func everyStorageCanBeHeldToSomething() async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            """
            CREATE TABLE t (at timestamp, d date, i int4, s int2, v varchar, c char(3), b bool, u uuid, y bytea, z timestamptz, l text[]);
            INSERT INTO t SELECT '1969-12-31 23:00', '1969-12-31', -1, -1, 'x', 'x', true, '6f1c8a52-0000-4000-8000-000000000000',
                '\\x01', '1969-12-31 23:00Z', ARRAY['a'] FROM generate_series(1, 2)
            """)
        let event = ColumnReference(name: "at", storage: .timestamp)
        let source = SourcePlan(
            name: "t", relation: .table(["t"]), eventTimestamp: event, createdTimestamp: nil, delay: .zero)
        let epoch = FeatureValue.timestamp(.epoch)
        let columns: [(String, ColumnStorage, FeatureValue)] = [
            ("at", .timestamp, epoch), ("d", .date, epoch), ("i", .int4, .int64(0)), ("s", .int2, .int64(0)),
            ("v", .varchar, .string("y")), ("c", .bpchar, .string("y")), ("b", .bool, .bool(false)),
            ("u", .uuid, .uuid(UUIDBytes(high: 0, low: 1))), ("y", .bytea, .bytes([2])),
            ("z", .timestamptz, epoch),
        ]
        for (name, storage, other) in columns {
            let column = ColumnReference(name: name, storage: storage)
            let hasOrder = [FeatureType.timestamp, .int64, .string].contains(storage.featureType)
            let expectations = SourceExpectations(
                source: source, freshness: Period(microseconds: 1), unique: [column],
                columns: [ColumnExpectation(column: column, minimum: hasOrder ? other : nil, domain: [other], nulls: Share.zero)],
                isGate: false)
            let report = try await SourceChecker(connection: connection).check(expectations, now: .epoch)
            let broken = report.checks.filter { $0.outcome == .fail }
            #expect(broken.map(\.kind) == [.freshness, .uniqueness] + (hasOrder ? [.range] : []) + [.domain], "\(name)")
            #expect(broken.allSatisfy { $0.kind == .freshness || !$0.examples.isEmpty }, "\(name)")
        }
        let list = ColumnExpectation(column: ColumnReference(name: "l", storage: .array(.text)), nulls: Share.zero)
        let lists = SourceExpectations(source: source, freshness: nil, unique: [], columns: [list], isGate: false)
        #expect(try await SourceChecker(connection: connection).check(lists, now: .epoch).outcome == .pass)
        await connection.close()
    }

    @Test func noRowIsNoPass() async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript("CREATE TABLE t (at timestamptz, x float8)")
        let expectations = CheckedTable.expectations(columns: [
            ColumnExpectation(column: ColumnReference(name: "x", storage: .float8), minimum: .float64(0), nulls: Share.zero)
        ])
        let report = try await SourceChecker(connection: connection).check(expectations, now: .epoch)
        #expect(report.outcome == .inconclusive && report.rows == 0)
        // All NULL: the NULLs are known, the range is not.
        try await connection.execute("INSERT INTO t VALUES ('2024-01-01Z', NULL)")
        let nulls = try await SourceChecker(connection: connection).check(expectations, now: .epoch)
        #expect(nulls.checks.map(\.outcome) == [.fail, .inconclusive])
        #expect(nulls.checks[0].examples == ["at 2024-01-01 00:00:00+00: NULL"])
        await connection.close()
    }
}

/// A table of traps, as rows in Postgres and as Swift values.
private struct CheckedTable {
    struct Row {
        let event: Timestamp?
        let created: Timestamp?
        let whole: Int64?
        let double: Double?
        let single: Float?
        let decimal: String?
        let text: String?
    }

    private static let start = Timestamp("2024-03-01T00:00:00Z") ?? .epoch
    static let instants: [Timestamp] =
        [-1, 0, 1, 3_600_000_000, 3_600_000_001].map { start + Period(microseconds: $0) }
        + [Timestamp(microseconds: -1), .epoch, Timestamp(microseconds: -5_000_000_000_000_000), .infinity, .negativeInfinity]
    private static let wholes: [Int64] = [.min, -1, 0, 1, 9_007_199_254_740_992, 9_007_199_254_740_993, .max]
    private static let doubles: [Double] = [-.infinity, -1, -0.0, 0, 0.1, 9_007_199_254_740_992, .infinity, .nan]
    private static let singles: [Float] = [-.infinity, -0.0, 0.1, 16_777_216, .infinity, .nan]
    private static let decimals = ["-0.10", "0", "0.1", "9007199254740992", "9007199254740993", "99999999999999999999.5", "NaN"]
    private static let texts = ["", "a", "B", "Z", "zz", "é", "é", "'; --", " a"]

    private let rows: [Row]
    private let source: SourcePlan

    init(random: inout SeededGenerator) {
        source = Self.source(
            created: random.oneIn(2), delay: random.oneIn(2) ? .zero : Period(microseconds: 3_600_000_000))
        let count = random.oneIn(6) ? 0 : Int.random(in: 1...60, using: &random)
        // Rows are drawn from few values, so that many are equal.
        rows = (0..<count).map { _ in
            func draw<Value>(_ pool: [Value]) -> Value? { random.oneIn(5) ? nil : pool.randomElement(using: &random) }
            return Row(
                event: draw(Self.instants), created: draw(Self.instants), whole: draw(Self.wholes), double: draw(Self.doubles),
                single: draw(Self.singles), decimal: draw(Self.decimals), text: draw(Self.texts))
        }
    }

    static func source(created: Bool = false, delay: Period = .zero) -> SourcePlan {
        SourcePlan(
            name: "t", relation: .table(["t"]), eventTimestamp: ColumnReference(name: "at", storage: .timestamptz),
            createdTimestamp: created ? ColumnReference(name: "known_at", storage: .timestamptz) : nil, delay: delay)
    }

    static func expectations(columns: [ColumnExpectation]) -> SourceExpectations {
        SourceExpectations(source: source(), freshness: nil, unique: [], columns: columns, isGate: false)
    }

    func create(on connection: PostgresConnection) async throws {
        try await connection.executeScript(
            """
            DROP TABLE IF EXISTS t;
            CREATE TABLE t (
                at timestamptz, known_at timestamptz, whole int8, double float8, single float4, decimal numeric, text text)
            """)
        for row in rows {
            let cells = [
                row.event?.postgresText, row.created?.postgresText, row.whole.map { "\($0)" },
                FeatureValue.float64(row.double ?? 0).text.flatMap { row.double == nil ? nil : $0 },
                FeatureValue.float32(row.single ?? 0).text.flatMap { row.single == nil ? nil : $0 }, row.decimal, row.text,
            ]
            try await connection.execute(
                "INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7)", cells.map { $0.map { .text($0) } ?? .null })
        }
    }

    func expectations(random: inout SeededGenerator) -> SourceExpectations {
        let shares = [0, 0.1, 0.25, 0.29, 0.5, 1].compactMap { Share($0) }
        func maybe<Value>(_ value: Value?) -> Value? { random.oneIn(2) ? nil : value }
        let names: [(String, ColumnStorage, [FeatureValue])] = [
            ("whole", .int8, Self.wholes.map { .int64($0) }),
            ("double", .float8, Self.doubles.filter { !$0.isNaN }.map { .float64($0) }),
            ("single", .float4, Self.singles.filter { !$0.isNaN }.map { .float32($0) }),
            ("decimal", .numeric, Self.decimals.filter { $0 != "NaN" }.map { .string($0) }),
            ("text", .text, Self.texts.map { .string($0) }),
        ]
        let columns = names.map { name, storage, pool in
            let isFloat = storage.featureType.isFloatingPoint
            return ColumnExpectation(
                column: ColumnReference(name: name, storage: storage), minimum: maybe(pool.randomElement(using: &random)),
                maximum: maybe(pool.randomElement(using: &random)),
                domain: maybe(Array(pool.shuffled(using: &random).prefix(3))) ?? [],
                nulls: maybe(shares.randomElement(using: &random)),
                nans: isFloat ? maybe(shares.randomElement(using: &random)) : nil,
                allowed: maybe(shares.randomElement(using: &random)) ?? .zero)
        }
        let unique = columns.map(\.column).shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
        return SourceExpectations(
            source: source, freshness: maybe([1, 3_600_000_000].map { Period(microseconds: $0) }.randomElement(using: &random)),
            unique: Array(unique), columns: columns, isGate: false)
    }

    // MARK: Loops

    private func available(_ row: Row) -> Timestamp? {
        if source.createdTimestamp != nil, let created = row.created { return created }
        return row.event.map { $0 + source.delay }
    }

    func counts(_ expectations: SourceExpectations, since: Timestamp?, now: Timestamp) -> SourceCheckCounts {
        let isJudged = { (row: Row) in since.map { since in available(row).map { $0 >= since } ?? false } ?? true }
        let judged = rows.filter(isJudged)
        let visible = rows.filter { row in
            guard let event = row.event, event.isFinite, let available = available(row) else { return false }
            return event <= now && available <= now
        }
        var duplicates: Int64?
        if !expectations.unique.isEmpty {
            var groups: [[FeatureValue]: (all: Int64, judged: Int64)] = [:]
            for row in rows {
                let key = expectations.unique.map { Self.identity(value($0.name, of: row)) }
                guard !key.contains(.null) else { continue }
                groups[key, default: (0, 0)].all += 1
                if isJudged(row) { groups[key, default: (0, 0)].judged += 1 }
            }
            duplicates = groups.values.reduce(0) { $0 + min($1.judged, $1.all - 1) }
        }
        return SourceCheckCounts(
            rows: Int64(judged.count), newest: expectations.freshness == nil ? nil : visible.compactMap(\.event).max(),
            duplicates: duplicates,
            breaches: expectations.columns.map { column in
                Dictionary(
                    uniqueKeysWithValues: column.countedBreaches.map { breach in
                        (breach, Int64(judged.count { Self.breaks(breach, column, value(column.column.name, of: $0)) }))
                    })
            })
    }

    private func value(_ name: String, of row: Row) -> FeatureValue {
        switch name {
        case "whole": row.whole.map { .int64($0) } ?? .null
        case "double": row.double.map { .float64($0) } ?? .null
        case "single": row.single.map { .float32($0) } ?? .null
        case "decimal": row.decimal.map { .string($0) } ?? .null
        default: row.text.map { .string($0) } ?? .null
        }
    }

    /// Decimals that are equal have one identity, whatever their zeros.
    private static func identity(_ value: FeatureValue) -> FeatureValue {
        guard case .string(let text) = value, decimals.contains(text), text != "NaN", let decimal = Decimal(string: text) else {
            return value
        }
        return .string("\(decimal)")
    }

    private static func breaks(_ breach: ColumnBreach, _ column: ColumnExpectation, _ value: FeatureValue) -> Bool {
        if value.isNull { return breach == .null }
        let isNaN: Bool =
            switch value {
            case .float64(let number): number.isNaN
            case .float32(let number): number.isNaN
            case .string(let text): column.column.storage == .numeric && text == "NaN"
            default: false
            }
        switch breach {
        case .null: return false
        case .nan: return isNaN
        case .range:
            if isNaN { return column.nans == nil }
            let isBelow = column.minimum.map { isLess(value, $0, column) } ?? false
            let isAbove = column.maximum.map { isLess($0, value, column) } ?? false
            return isBelow || isAbove
        case .domain:
            if isNaN { return true }
            return !column.domain.contains { !isLess($0, value, column) && !isLess(value, $0, column) }
        }
    }

    private static func isLess(_ lhs: FeatureValue, _ rhs: FeatureValue, _ column: ColumnExpectation) -> Bool {
        switch (lhs, rhs) {
        case (.int64(let lhs), .int64(let rhs)): return lhs < rhs
        case (.float64(let lhs), .float64(let rhs)): return lhs < rhs
        case (.float32(let lhs), .float32(let rhs)): return lhs < rhs
        case (.string(let lhs), .string(let rhs)):
            guard column.column.storage == .numeric else { return Array(lhs.utf8).lexicographicallyPrecedes(Array(rhs.utf8)) }
            return (Decimal(string: lhs) ?? 0) < (Decimal(string: rhs) ?? 0)
        default: return false
        }
    }
}
