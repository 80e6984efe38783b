import Columnar

/// Where a strategy's rows become a training set: spelled one way, summed up and written, in one pass.
actor TrainingSetAssembly: TrainingRowSink {
    private let request: TrainingRequest
    private let writer: any TrainingWriter
    private var typing: SpineTyping?
    private var normalizer: FeatureNormalizer?
    private var summary: ContentSummary?
    private let tap: (any TrainingRowSink)?
    /// For the leak check; nil where there is none.
    private(set) var sample: LeakSample?
    private(set) var schema = TrainingSchema(columns: [])

    /// - Parameter tap: is given the same rows.
    init(_ request: TrainingRequest, writer: any TrainingWriter, tap: (any TrainingRowSink)? = nil) {
        self.request = request
        self.tap = tap
        self.writer = writer
    }

    func begin(_ schema: TrainingSchema) async throws {
        let typing = SpineTyping(request, schema)
        let asItCame = schema
        let schema = typing.schema
        self.typing = typing
        self.schema = schema
        normalizer = FeatureNormalizer(schema)
        summary = ContentSummary(schema.columns.map { ColumnTable.Field(name: $0.name, type: $0.type) })
        sample = request.leakCheck.map { LeakSample(schema, request: request, label: $0.label) }
        try await tap?.begin(schema)
        try await writer.begin(writer.keepsSpineText ? asItCame : schema)
    }

    func foresee(_ spine: [Column]) async {
        guard let summary, let typing, typing.isIdentity else { return }
        await summary.foresee(spine)
    }

    func append(_ batch: ColumnTable) async throws {
        guard let normalizer, let summary, let typing else { preconditionFailure("rows come after the schema") }
        let batch = normalizer.normalized(batch)
        let typed = typing.typed(batch)
        // Side by side: hashing costs about as much as encoding.
        async let summing: Void = summary.update(typed)
        async let tapping: Void? = tap?.append(typed)
        sample?.update(typed)
        try await writer.write(writer.keepsSpineText ? batch : typed)
        _ = try await tapping
        await summing
    }

    func finish() async throws -> (columns: [ColumnContent], written: WrittenOutput) {
        let written = try await writer.finish()
        return (await summary?.finish() ?? [], written)
    }
}
