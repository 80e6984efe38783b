package import Columnar
package import FeatureDefs
package import OfflineStore

/// Takes a training set's rows as they are written and makes the baseline of the model that is trained on it.
package actor TrainingProfile: TrainingRowSink {
    private let columns: [ProfiledColumn]
    private let selection: FeatureSelection
    private let timestampColumn: String
    private var sample: BaselineSample
    private var time = 0
    private var keys: [Int] = []
    private var features = 0..<0

    package init(plan: Plan, selection: FeatureSelection, timestampColumn: String) throws {
        columns = try plan.profiledColumns(of: selection)
        self.selection = selection
        self.timestampColumn = timestampColumn
        sample = BaselineSample(columns: columns)
    }

    package func begin(_ schema: TrainingSchema) {
        sample = BaselineSample(columns: columns)
        let names = schema.columns.prefix(schema.spineColumnCount).map(\.name)
        time = names.firstIndex(of: timestampColumn) ?? 0
        keys = selection.joinKeys.compactMap { key in names.firstIndex(of: key.name) }
        features = schema.spineColumnCount..<schema.columns.count
    }

    package func append(_ batch: ColumnTable) {
        let values = zip(batch.columns[features], columns).map { (column: $0, kind: $1.kind) }
        sample.add(
            ProfiledRows(time: batch.columns[time], keys: keys.map { batch.columns[$0] }, request: [], values: values))
    }

    /// The baseline; nil of no rows. `window` is where its one profile stands.
    func finish(window: Int64) -> (profiles: WindowProfiles, rows: Int, profiledRows: Int)? {
        guard let (frames, rows) = sample.frames() else { return nil }
        var profiles = WindowProfiles(frames: frames)
        profiles.add(rows, to: window)
        return (profiles, sample.rowsSeen, rows.count)
    }
}
