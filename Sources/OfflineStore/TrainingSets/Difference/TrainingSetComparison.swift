import FeatureDefs
import Foundation

/// Compares two written training sets, value by value.
package struct TrainingSetComparison: Sendable {
    private static let examplesPerColumn = 3

    private let a: String
    private let b: String
    /// The columns that say which row is which.
    private let keys: [String]

    /// - Parameter identity: columns that say which row is which, of which those count that both files have. Rows are brought
    ///   together by position when these agree row by row, which takes no memory, and by their values otherwise.
    package init(_ a: String, _ b: String, identity: [String]) {
        self.a = a
        self.b = b
        keys = identity
    }

    package func run() throws -> TrainingSetDifference {
        try byPosition() ?? bySpine()
    }

    /// nil when the spines are not row by row the same.
    private func byPosition() throws -> TrainingSetDifference? {
        var left = try TrainingSetRows(path: a)
        var right = try TrainingSetRows(path: b)
        var tally = ColumnTally(left, right, examples: Self.examplesPerColumn)
        let places = Set(keys).intersection(left.header).intersection(right.header)
        let identity = tally.shared.indices.filter { places.contains(tally.shared[$0].name) }
        var records = (left: CSVRecord(), right: CSVRecord())
        var row = 0
        while true {
            let hasLeft = try left.next(into: &records.left)
            let hasRight = try right.next(into: &records.right)
            guard hasLeft == hasRight else { return nil }
            guard hasLeft else { break }
            row += 1
            let isSame = identity.allSatisfy { index in
                tally.shared[index].isSame(in: records.left, records.right)
            }
            guard isSame else { return nil }
            tally.compare(records.left, row: row, with: records.right, row: row)
        }
        return tally.difference(rowsInA: row, rowsInB: row, alignment: .position, pairs: row)
    }

    /// Holds the second training set in memory.
    private func bySpine() throws -> TrainingSetDifference {
        var left = try TrainingSetRows(path: a)
        var right = try TrainingSetRows(path: b)
        var tally = ColumnTally(left, right, examples: Self.examplesPerColumn)
        let places = Set(keys).intersection(left.header).intersection(right.header)
        let identity = tally.shared.filter { places.contains($0.name) }
        var waiting: [[[UInt8]?]: [(row: Int, record: CSVRecord)]] = [:]
        var record = CSVRecord()
        var rowsInB = 0
        while try right.next(into: &record) {
            rowsInB += 1
            waiting[identity.map { $0.spelled(record.field($0.right)) }, default: []].append((rowsInB, record))
        }
        // Rows of one identity pair up in their order.
        for key in waiting.keys { waiting[key]?.reverse() }
        var rowsInA = 0
        var pairs = 0
        while try left.next(into: &record) {
            rowsInA += 1
            let key = identity.map { $0.spelled(record.field($0.left)) }
            guard let partner = waiting[key]?.popLast() else { continue }
            pairs += 1
            tally.compare(record, row: rowsInA, with: partner.record, row: partner.row)
        }
        return tally.difference(rowsInA: rowsInA, rowsInB: rowsInB, alignment: .spine, pairs: pairs)
    }
}

/// Counts, for each column that both have, the rows in which it differs.
private struct ColumnTally {
    struct Shared {
        let name: String
        let left: Int
        let right: Int
        /// What the one file says that the column holds, where the other does not say: its text may spell a value otherwise.
        let type: FeatureType?
        var rows = 0
        var largest: Double?
        var examples: [TrainingSetDifference.Example] = []

        /// Whether both hold the same value, NULL too.
        func isSame(in a: CSVRecord, _ b: CSVRecord) -> Bool {
            switch (a.field(left), b.field(right)) {
            case (nil, nil): true
            case (let lhs?, let rhs?): lhs.elementsEqual(rhs) || (type != nil && spelled(lhs) == spelled(rhs))
            case (nil, _?), (_?, nil): false
            }
        }

        /// The text that equal values have.
        func spelled(_ field: ArraySlice<UInt8>?) -> [UInt8]? {
            guard let field else { return nil }
            guard let type, let value = FeatureValue(parsing: String(decoding: field, as: UTF8.self), as: type),
                let text = value.text
            else { return Array(field) }
            return Array(text.utf8)
        }
    }

    private(set) var shared: [Shared]
    private let typeDifferences: [TrainingSetDifference.TypeDifference]
    private let onlyLeft: [String]
    private let onlyRight: [String]
    private let exampleLimit: Int

    init(_ left: TrainingSetRows, _ right: TrainingSetRows, examples: Int) {
        shared = left.header.enumerated().compactMap { index, name in
            right.header.firstIndex(of: name).map { place in
                let (a, b) = (left.types[index], right.types[place])
                return Shared(name: name, left: index, right: place, type: a == nil || b == nil ? a ?? b : nil)
            }
        }
        typeDifferences = shared.compactMap { column in
            guard let a = left.typeNames[column.left], let b = right.typeNames[column.right], a != b else { return nil }
            return .init(column: column.name, a: a, b: b)
        }
        onlyLeft = left.header.filter { !right.header.contains($0) }
        onlyRight = right.header.filter { !left.header.contains($0) }
        exampleLimit = examples
    }

    mutating func compare(_ left: CSVRecord, row leftRow: Int, with right: CSVRecord, row rightRow: Int) {
        for index in shared.indices where !shared[index].isSame(in: left, right) {
            let texts = (left.text(shared[index].left), right.text(shared[index].right))
            shared[index].rows += 1
            if let a = texts.0.flatMap(Double.init), let b = texts.1.flatMap(Double.init), (a - b).isFinite {
                shared[index].largest = max(shared[index].largest ?? 0, (a - b).magnitude)
            }
            guard shared[index].examples.count < exampleLimit else { continue }
            shared[index].examples.append(.init(rowInA: leftRow, rowInB: rightRow, a: texts.0, b: texts.1))
        }
    }

    func difference(
        rowsInA: Int, rowsInB: Int, alignment: TrainingSetDifference.Alignment, pairs: Int
    ) -> TrainingSetDifference {
        TrainingSetDifference(
            rowsInA: rowsInA,
            rowsInB: rowsInB,
            alignment: alignment,
            rowsOnlyInA: rowsInA - pairs,
            rowsOnlyInB: rowsInB - pairs,
            columnsOnlyInA: onlyLeft,
            columnsOnlyInB: onlyRight,
            columns: shared.filter { $0.rows > 0 }.map {
                .init(column: $0.name, rows: $0.rows, largest: $0.largest, examples: $0.examples)
            },
            types: typeDifferences,
            isReordered: !zip(shared, shared.dropFirst()).allSatisfy { $0.right < $1.right }
        )
    }
}
