import Columnar

/// Where a strategy's rows become a training set: spelled one way, summed up and written, in one pass.
actor TrainingSetAssembly: TrainingRowSink {
    private let writer: any TrainingWriter
    private var normalizer: FeatureNormalizer?
    private var summary: ContentSummary?
    private let takesSample: Bool
    private var rows: RowSample?
    private let tap: (any TrainingRowSink)?
    private(set) var schema = TrainingSchema(columns: [])

    /// - Parameters:
    ///   - takesSample: whether some of the rows are kept.
    ///   - tap: is given the same rows.
    init(writer: any TrainingWriter, takesSample: Bool, tap: (any TrainingRowSink)? = nil) {
        self.tap = tap
        self.takesSample = takesSample
        self.writer = writer
    }

    func begin(_ schema: TrainingSchema) async throws {
        self.schema = schema
        normalizer = FeatureNormalizer(schema)
        summary = ContentSummary(schema.columns.map { ColumnTable.Field(name: $0.name, type: $0.type) })
        if takesSample { rows = RowSample(schema) }
        try await tap?.begin(schema)
        try await writer.begin(schema)
    }

    func append(_ batch: ColumnTable) async throws {
        guard let normalizer, let summary else { preconditionFailure("rows come after the schema") }
        let batch = normalizer.normalized(batch)
        // Side by side: hashing costs about as much as encoding.
        async let summing: Void = summary.update(batch)
        rows?.update(batch)
        try await writer.write(batch)
        try await tap?.append(batch)
        await summing
    }

    /// The rows that were kept; nil where none were to be.
    var sample: ColumnTable? { rows?.table(schema) }

    func finish() async throws -> (columns: [ColumnContent], written: WrittenOutput) {
        let written = try await writer.finish()
        return (await summary?.finish() ?? [], written)
    }
}
