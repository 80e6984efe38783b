import Columnar
import Evaluation
import FeatureDefs

/// The rows of a source that a spine can see, in memory.
struct SourceContent: Sendable {
    let read: SourceRead
    /// By row: the number of its key.
    let keys: RowChoice
    let events: ContiguousArray<Int64>
    /// The values of the read, by place and row.
    let values: [Column]
    /// By place: the rows on which computing the value failed. They are errors only where the row counts.
    let failures: [[Int32: EvaluationError]]

    /// The rows in the source's order: part after part, each the ranges that came of it.
    let parts: [[Range<Int>]]

    var rowCount: Int { keys.count }
}
