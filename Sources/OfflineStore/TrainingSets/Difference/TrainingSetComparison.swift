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
        var tally = ColumnTally(left.header, right.header, examples: Self.examplesPerColumn)
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
                records.left.hasSameField(tally.shared[index].left, as: records.right, tally.shared[index].right)
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
        var tally = ColumnTally(left.header, right.header, examples: Self.examplesPerColumn)
        let places = Set(keys).intersection(left.header).intersection(right.header)
        let identity = tally.shared.filter { places.contains($0.name) }
        var waiting: [[[UInt8]?]: [(row: Int, record: CSVRecord)]] = [:]
        var record = CSVRecord()
        var rowsInB = 0
        while try right.next(into: &record) {
            rowsInB += 1
            waiting[identity.map { record.field($0.right).map(Array.init) }, default: []].append((rowsInB, record))
        }
        // Rows of one identity pair up in their order.
        for key in waiting.keys { waiting[key]?.reverse() }
        var rowsInA = 0
        var pairs = 0
        while try left.next(into: &record) {
            rowsInA += 1
            let key = identity.map { record.field($0.left).map(Array.init) }
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
        var rows = 0
        var largest: Double?
        var examples: [TrainingSetDifference.Example] = []
    }

    private(set) var shared: [Shared]
    private let onlyLeft: [String]
    private let onlyRight: [String]
    private let exampleLimit: Int

    init(_ left: [String], _ right: [String], examples: Int) {
        shared = left.enumerated().compactMap { index, name in
            right.firstIndex(of: name).map { Shared(name: name, left: index, right: $0) }
        }
        onlyLeft = left.filter { !right.contains($0) }
        onlyRight = right.filter { !left.contains($0) }
        exampleLimit = examples
    }

    mutating func compare(_ left: CSVRecord, row leftRow: Int, with right: CSVRecord, row rightRow: Int) {
        for index in shared.indices where !left.hasSameField(shared[index].left, as: right, shared[index].right) {
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
            }
        )
    }
}

extension CSVRecord {
    /// Whether a field holds the same value, NULL too, as a field of another record.
    fileprivate func hasSameField(_ index: Int, as other: CSVRecord, _ otherIndex: Int) -> Bool {
        switch (field(index), other.field(otherIndex)) {
        case (nil, nil): true
        case (let lhs?, let rhs?): lhs.elementsEqual(rhs)
        case (nil, _?), (_?, nil): false
        }
    }
}
