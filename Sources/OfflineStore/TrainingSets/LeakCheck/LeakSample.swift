import Columnar
import FeatureDefs

/// What the leak check keeps of a training set's rows while they pass.
struct LeakSample {
    let schema: TrainingSchema
    private(set) var rows = RowSample()
    private var labels: LabelSample
    private var seen: UInt64 = 0

    /// - Parameter label: the spine's column that is the label; nil where it is to be found.
    init(_ schema: TrainingSchema, request: TrainingRequest, label: String?) {
        let taken = Set(request.selection.joinKeys.map(\.name) + request.selection.requestInputs.map(\.name))
            .union([request.timestampColumn])
        self.schema = schema
        labels = LabelSample(
            schema.columns.indices.filter { index in
                let column = schema.columns[index]
                return !column.isFeature && (label.map { column.name == $0 } ?? !taken.contains(column.name))
            })
    }

    mutating func update(_ batch: ColumnTable) {
        rows.update(batch, first: seen)
        labels.update(batch, first: seen)
        seen += UInt64(batch.rowCount)
    }

    var table: ColumnTable { rows.table(schema) }
    var label: LabelSample.Label? { labels.label(schema) }
}
