import Columnar
import FeatureDefs
import OfflineStore

/// Takes the rows of a point-in-time join, and profiles them or samples them for a baseline.
actor JoinedRows: TrainingRowSink {
    private let columns: [ProfiledColumn]
    private let keys: [JoinKey]
    private(set) var sample: BaselineSample
    private(set) var profiles: WindowProfiles?
    private var time = 0
    private var keyPlaces: [Int] = []
    private var features = 0..<0

    /// - Parameter frames: of the baseline; without them its sample is taken.
    init(columns: [ProfiledColumn], keys: [JoinKey], frames: BaselineFrames?) {
        self.columns = columns
        self.keys = keys
        sample = BaselineSample(columns: columns)
        profiles = frames.map { WindowProfiles(frames: $0) }
    }

    func begin(_ schema: TrainingSchema) {
        let names = schema.columns.prefix(schema.spineColumnCount).map(\.name)
        time = names.firstIndex(of: ActiveEntitySpine.timestampColumn) ?? 0
        keyPlaces = keys.compactMap { key in names.firstIndex(of: key.name) }
        features = schema.spineColumnCount..<schema.columns.count
    }

    func append(_ batch: ColumnTable) {
        let values = zip(batch.columns[features], columns).map { (column: $0, kind: $1.kind) }
        let rows = ProfiledRows(
            time: batch.columns[time], keys: keyPlaces.map { batch.columns[$0] }, request: [], values: values)
        if profiles == nil { sample.add(rows) } else { profiles?.add(rows) }
    }
}
