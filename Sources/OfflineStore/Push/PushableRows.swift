package import FeatureDefs

/// Pushed rows as the columns of a source's table take them: every cell as text that Postgres casts.
package struct PushableRows: Sendable {
    struct Column: Sendable {
        let name: String
        let databaseType: String
        /// `databaseType` without its modifier.
        let baseType: String
        var texts: [String?]
    }

    private(set) var columns: [Column] = []
    package let count: Int
    let source: SourcePlan
    /// The key columns among those given: with event and created timestamp, what makes two rows the same one.
    let keyColumns: [String]
    /// For each row, whether it says itself when it became available.
    private(set) var saysCreated: [Bool]
    /// The rows that are left, by their position: without the repetitions.
    private(set) var rows: [Int] = []
    /// Values of columns that a key is read from.
    private var keyValues: [String: [FeatureValue]] = [:]

    /// - Parameters:
    ///   - keyColumns: of all views of the source.
    ///   - required: without these no row is of use: the keys of the views to serve.
    ///   - arrival: the created timestamp of rows that have none.
    package init(
        _ pushed: [PushedColumn], of source: SourcePlan, table: [TableColumn], keyColumns: Set<String>, required: [String],
        arrival: Timestamp
    ) throws(PushError) {
        let first = pushed.first
        for column in pushed where column.cells.count != first?.cells.count {
            throw .unequalColumns(
                name: first?.name ?? "", count: first?.cells.count ?? 0, otherName: column.name, otherCount: column.cells.count)
        }
        count = first?.cells.count ?? 0
        guard count > 0 else { throw .noRows }
        self.source = source
        let given = Set(pushed.map(\.name))
        self.keyColumns = keyColumns.filter { given.contains($0) }.sorted()
        let known = Dictionary(table.map { ($0.described.name, $0) }, uniquingKeysWith: { first, _ in first })
        let unknown = pushed.map(\.name).filter { known[$0] == nil }
        guard unknown.isEmpty else {
            throw .unknownColumns(unknown, source: source.name, known: table.map(\.described.name))
        }
        let event = source.eventTimestamp.name
        let missing = (required + [event]).filter { !given.contains($0) }
        guard missing.isEmpty else { throw .missingColumns(missing, source: source.name) }
        saysCreated = []
        for column in pushed {
            guard let described = known[column.name] else { continue }
            let values = try Self.values(of: column, described.described)
            if required.contains(column.name) || column.name == event, let row = values.firstIndex(where: { $0.text == nil }) {
                throw .missingValue(column: column.name, row: row)
            }
            if keyColumns.contains(column.name) { keyValues[column.name] = values.map(\.value) }
            columns.append(
                Column(
                    name: column.name, databaseType: described.described.databaseType, baseType: described.baseType,
                    texts: values.map(\.text)))
        }
        try sayCreated(known, at: arrival)
        try leaveOutRepetitions()
    }

    /// Rows without a created timestamp came now.
    private mutating func sayCreated(_ known: [String: TableColumn], at arrival: Timestamp) throws(PushError) {
        saysCreated = [Bool](repeating: true, count: count)
        guard let created = source.createdTimestamp, let described = known[created.name] else { return }
        let now = arrival.postgresText
        if let index = columns.firstIndex(where: { $0.name == created.name }) {
            saysCreated = columns[index].texts.map { $0 != nil }
            columns[index].texts = columns[index].texts.map { $0 ?? now }
        } else {
            saysCreated = [Bool](repeating: false, count: count)
            columns.append(
                Column(
                    name: created.name, databaseType: described.described.databaseType, baseType: described.baseType,
                    texts: [String?](repeating: now, count: count)))
        }
    }

    /// The columns other than those that tell rows apart.
    var valueColumns: [Column] {
        columns.filter { $0.name != source.eventTimestamp.name && $0.name != source.createdTimestamp?.name }
            .filter { !keyColumns.contains($0.name) }
    }

    /// Keys and event timestamp.
    var ownColumns: [Column] {
        columns.filter { keyColumns.contains($0.name) || $0.name == source.eventTimestamp.name }
    }

    var createdColumn: Column? { columns.first { $0.name == source.createdTimestamp?.name } }

    private mutating func leaveOutRepetitions() throws(PushError) {
        let own = ownColumns
        let created = createdColumn
        let values = valueColumns
        // As feature values, which are equal by their bytes: to Swift's strings two spellings of é are one, to Postgres two.
        func value(_ text: String?) -> FeatureValue { text.map { .string($0) } ?? .null }
        var seen: [[FeatureValue]: [FeatureValue]] = [:]
        for row in 0..<count {
            // A row that does not say when it became available is another than one that says so.
            let identity =
                own.map { value($0.texts[row]) } + [
                    saysCreated[row] ? value(created?.texts[row]) : .null, .bool(saysCreated[row]),
                ]
            let rest = values.map { value($0.texts[row]) }
            if saysCreated[row] {
                if let before = seen[identity] {
                    guard before == rest else { throw .conflict(row: row, createdColumn: created?.name) }
                    continue
                }
                seen[identity] = rest
            } else {
                guard seen.updateValue([], forKey: identity + rest) == nil else { continue }
            }
            rows.append(row)
        }
    }

    /// The distinct entities of a view that the rows are of; those with a NULL key are of none.
    package func keys(of view: FeatureViewPlan) -> [[FeatureValue]] {
        let columns = view.joinKeyColumns.map { keyValues[$0.name] ?? [] }
        var seen = Set<[FeatureValue]>()
        var keys: [[FeatureValue]] = []
        for row in 0..<count {
            let key = columns.map { $0.indices.contains(row) ? $0[row] : .null }
            guard !key.contains(where: \.isNull), seen.insert(key).inserted else { continue }
            keys.append(key)
        }
        return keys
    }

    // MARK: Cells

    /// Each cell as a value, where the type is one of ours, and as text for Postgres.
    private static func values(
        of column: PushedColumn, _ described: DescribedColumn
    ) throws(PushError) -> [(value: FeatureValue, text: String?)] {
        var values: [(value: FeatureValue, text: String?)] = []
        values.reserveCapacity(column.cells.count)
        for (row, cell) in column.cells.enumerated() {
            guard let value = Self.value(of: cell, described) else {
                let expected = described.storage.map { "\($0.featureType)" } ?? described.databaseType
                throw .wrongType(column: column.name, row: row, expected: expected)
            }
            values.append(value)
        }
        return values
    }

    private static func value(
        of cell: PushedColumn.Cell, _ described: DescribedColumn
    ) -> (value: FeatureValue, text: String?)? {
        // A decimal keeps its digits, and types that no feature has are Postgres' own affair.
        guard let storage = described.storage, storage != .numeric else {
            switch cell {
            case .json(.null), .text(nil): return (.null, nil)
            case .json(.string(let text)), .text(let text?): return text.utf8.contains(0) ? nil : (.null, text)
            case .json(let json): return (.null, json.text)
            }
        }
        let value: FeatureValue? =
            switch cell {
            case .json(let json): FeatureValue(json: json, as: storage.featureType)
            case .text(let text?): text.utf8.contains(0) ? nil : FeatureValue(parsing: text, as: storage.featureType)
            case .text(nil): .null
            }
        return value.map { ($0, $0.postgresText) }
    }
}
