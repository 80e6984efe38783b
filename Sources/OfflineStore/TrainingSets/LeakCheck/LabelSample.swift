import Columnar
import FeatureDefs

/// Watches the columns that could be the label while the rows pass, and keeps some rows of each of its two values: as many of a rare
/// one as of a common one.
struct LabelSample {
    private static let rowsOfAClass = 2500
    /// Of more columns with two values, nobody knows which is the label; then rows are not kept for each of them.
    private static let mostSampledColumns = 4

    private struct Candidate {
        let place: Int
        var classes: [(value: FeatureValue, count: Int, rows: RowSample)] = []
    }

    /// A column of exactly two values.
    struct Label {
        let name: String
        /// How many rows have the lesser value, and how many the greater.
        let counts: (negatives: Int, positives: Int)
        /// Some rows, those of the lesser value first.
        let rows: ColumnTable
        let isPositive: [Bool]
    }

    private var candidates: [Candidate]

    /// - Parameter places: of the columns that could be the label.
    init(_ places: [Int]) {
        candidates = places.map { Candidate(place: $0) }
    }

    /// - Parameter first: the number of the batch's first row.
    mutating func update(_ batch: ColumnTable, first: UInt64) {
        var groups: [[[Int32]]] = []
        candidates = candidates.compactMap { candidate in
            guard let (counted, rows) = Self.counted(candidate, batch) else { return nil }
            groups.append(rows)
            return counted
        }
        guard candidates.count <= Self.mostSampledColumns else { return }
        for index in candidates.indices {
            for (place, rows) in groups[index].enumerated() {
                candidates[index].classes[place].rows.update(batch, rows: rows, first: first)
            }
        }
    }

    /// The candidate with the batch's rows counted, and those rows by class; nil for a column with a third value.
    private static func counted(_ candidate: Candidate, _ batch: ColumnTable) -> (Candidate, rows: [[Int32]])? {
        let column = batch.columns[candidate.place]
        guard let groups = RowsByValue(column)?.rows else { return nil }
        var candidate = candidate
        var rows: [[Int32]] = candidate.classes.map { _ in [] }
        for group in groups {
            let value = column.value(at: Int(group[0]))
            if let known = candidate.classes.firstIndex(where: { $0.value == value }) {
                rows[known] = group
            } else {
                guard candidate.classes.count < 2 else { return nil }
                candidate.classes.append((value, 0, RowSample(capacity: rowsOfAClass)))
                rows.append(group)
            }
        }
        for place in rows.indices { candidate.classes[place].count += rows[place].count }
        return (candidate, rows)
    }

    /// The label, if one column alone could be it.
    func label(_ schema: TrainingSchema) -> Label? {
        let binary = candidates.filter { $0.classes.count == 2 }
        guard binary.count == 1 else { return nil }
        let classes = binary[0].classes.sorted { FeatureValueOrder.compare($0.value, $1.value) == .ascending }
        let tables = classes.map { $0.rows.table(schema) }
        let columns = schema.columns.indices.map { index in
            Column.joined(tables.map { $0.columns[index] }, type: schema.columns[index].type)
        }
        let counts = tables.map(\.rowCount)
        return Label(
            name: schema.columns[binary[0].place].name,
            counts: (classes[0].count, classes[1].count),
            rows: ColumnTable(names: schema.columns.map(\.name), columns: columns, rowCount: counts[0] + counts[1]),
            isPositive: Array(repeating: false, count: counts[0]) + Array(repeating: true, count: counts[1])
        )
    }
}
