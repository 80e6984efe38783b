package import Columnar

/// Where a join strategy puts the training set's rows.
package protocol TrainingRowSink: Sendable {
    /// Once, before the first batch, as soon as the spine's columns are known.
    func begin(_ schema: TrainingSchema) async throws
    /// The spine's columns, whole, where they are known before the first batch: for what can be done of them meanwhile. The batches have
    /// them all the same.
    func foresee(_ spine: [Column]) async
    /// The next rows, in spine order: every column of the schema, each of its type. Batches may be of any length.
    func append(_ batch: ColumnTable) async throws
    /// Once, after the last batch, for what a sink makes of all of them. It may take its time: nobody waits but the last.
    func end() async throws
}

extension TrainingRowSink {
    package func foresee(_ spine: [Column]) {}
    package func end() {}
}

/// What a join strategy tells when it is done.
package struct JoinOutcome: Hashable, Sendable {
    package let rows: Int
    /// The statements whose rows the result was made from.
    package let sql: String
    /// In how much memory the largest part of the rows was joined that could not be cut, those of one key, where that is more than
    /// was allowed.
    package let exceededMemory: Int?
    /// Of the sources that were read whole, and so need not be counted.
    package let marks: [SourceMark]

    package init(rows: Int, sql: String, exceededMemory: Int? = nil, marks: [SourceMark] = []) {
        self.rows = rows
        self.sql = sql
        self.exceededMemory = exceededMemory
        self.marks = marks
    }
}
