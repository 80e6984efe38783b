package import FeatureDefs
package import Oracle
package import Verification

/// Spine rows for a random store: keys with and without rows, NULL keys and times, duplicates, instants that decide.
package struct RandomSpine: Sendable {
    /// Join keys, request inputs, `event_timestamp` and two columns to pass through, in a random order.
    package let columns: [RandomTable.Column]
    package let rows: [[FeatureValue]]

    package static let timestampColumn = "event_timestamp"

    package init(for selection: FeatureSelection, of store: RandomStore, rowCount: Int = 40, random: inout SeededGenerator) {
        var columns = selection.joinKeys.map { RandomTable.Column(name: $0.name, storage: Self.storage(of: $0.type)) }
        columns += selection.requestInputs.map { RandomTable.Column(name: $0.name, storage: Self.storage(of: $0.type)) }
        columns += [
            .init(name: Self.timestampColumn, storage: .timestamptz), .init(name: "label", storage: .bool),
            .init(name: "Extra, \"quoted\"", storage: .text), .init(name: "passed", storage: .array(.int8)),
        ]
        columns.shuffle(using: &random)
        var rows: [[FeatureValue]] = []
        while rows.count < rowCount {
            if random.oneIn(6), let earlier = rows.randomElement(using: &random) {
                rows.append(earlier)
            } else {
                rows.append(columns.map { Self.value(of: $0, store, &random) })
            }
        }
        self.columns = columns
        self.rows = rows
    }

    /// A row as `NaiveTraining` takes it.
    package func naiveRow(_ index: Int) -> NaiveRow {
        Dictionary(zip(columns.map(\.name), rows[index]), uniquingKeysWith: { first, _ in first })
    }

    /// A row's time; nil when it is NULL.
    package func time(_ index: Int) -> Timestamp? {
        if case .timestamp(let time)? = naiveRow(index)[Self.timestampColumn] { time } else { nil }
    }

    /// The spine as a table, for `--spine table:NAME`.
    package func table(named name: String) -> RandomTable {
        RandomTable(name: name, columns: columns, rows: rows)
    }

    /// The spine as a CSV file with a header, for `--spine FILE`. An unquoted empty field is NULL.
    package var csv: String {
        let header = columns.map { Self.quoted($0.name) }.joined(separator: ",")
        let lines = rows.map { row in row.map { $0.text.map(Self.quoted) ?? "" }.joined(separator: ",") }
        return ([header] + lines).joined(separator: "\n") + "\n"
    }

    private static func quoted(_ field: String) -> String {
        "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    private static func storage(of type: FeatureType) -> ColumnStorage {
        switch type {
        case .int64: .int8
        case .float64: .float8
        case .float32: .float4
        case .string: .text
        case .bool: .bool
        case .timestamp: .timestamptz
        case .bytes: .bytea
        case .uuid: .uuid
        case .list(.int64): .array(.int8)
        case .list(.float64): .array(.float8)
        case .list(.float32), .vector: .array(.float4)
        case .list(.string): .array(.text)
        case .list(.bool): .array(.bool)
        case .list(.timestamp): .array(.timestamptz)
        case .list(.bytes): .array(.bytea)
        case .list(.uuid): .array(.uuid)
        }
    }

    private static func value(
        of column: RandomTable.Column, _ store: RandomStore, _ random: inout SeededGenerator
    ) -> FeatureValue {
        if random.oneIn(12) { return .null }
        let name = column.name.hasPrefix("other_") ? String(column.name.dropFirst("other_".count)) : column.name
        switch name {
        // 7 and "none" have no rows.
        case "x", "y": return .int64(random.pick([1, 1, 1, 11, 11, 111, 7]))
        case "tag": return .string(random.pick(RandomStore.tags + ["none"]))
        case "device": return .uuid(random.pick(RandomStore.devices))
        case "asked": return .float64(random.pick([0, -0.0, 1, 2.5, .nan, .infinity, 0.125]))
        case "note": return .string(random.pick(["", "n", "ñ", "it's, \"so\""]))
        case "history":
            return .list(
                FeatureList(
                    random.pick([[], [.float64(1)], [.null, .float64(.nan)], [.float64(-0.0), .float64(2)]]), of: .float64))
        case "words":
            return .list(
                FeatureList(random.pick([[], ["open"], ["é", "open"], ["", "a,b"]]).map(FeatureValue.string), of: .string))
        case "point": return .vector(random.pick([[0, 0.1], [.nan, -0.0], [1e30, -.infinity]]))
        case timestampColumn: return .timestamp(store.instant(random: &random))
        case "label": return .bool(random.oneIn(2))
        case "passed":
            return .list(FeatureList(random.pick([[], [.int64(1), .null], [.int64(.min)]]), of: .int64))
        default: return .string(random.pick(["", "a,b", "line\nbreak", "\"", " pad "]))
        }
    }
}
