package import Columnar
package import FeatureDefs
import Foundation
package import OfflineStore

/// Takes a training set's rows as they are written and makes the baseline of the model that is trained on it.
package actor TrainingProfile: TrainingRowSink {
    /// What is kept of a training set.
    struct Content: Sendable {
        let profiles: WindowProfiles
        /// Of the training set.
        let rows: Int
        let profiledRows: Int
    }

    private let columns: [ProfiledColumn]
    private let selection: FeatureSelection
    private let timestampColumn: String
    /// Where its one profile stands.
    private let window: Int64
    private var sample: BaselineSample
    private var time = 0
    private var keys: [Int] = []
    private var features = 0..<0
    /// nil of no rows, and before the end.
    private(set) var content: Content?

    /// - Parameter asOf: the instant of the training set's run.
    package init(plan: Plan, selection: FeatureSelection, timestampColumn: String, asOf: Timestamp) throws {
        columns = try plan.profiledColumns(of: selection)
        self.selection = selection
        self.timestampColumn = timestampColumn
        window = ProfileWindow.start(of: asOf.microseconds)
        sample = BaselineSample(columns: columns)
    }

    package func begin(_ schema: TrainingSchema) {
        sample = BaselineSample(columns: columns)
        content = nil
        let names = schema.columns.prefix(schema.spineColumnCount).map(\.name)
        time = names.firstIndex(of: timestampColumn) ?? 0
        keys = selection.joinKeys.compactMap { key in names.firstIndex(of: key.name) }
        features = schema.spineColumnCount..<schema.columns.count
    }

    package func append(_ batch: ColumnTable) {
        let hashes = ProfiledRows.hashes(
            time: batch.columns[time], keys: keys.map { batch.columns[$0] }, request: [])
        sample.add(hashes: hashes) { places in
            let rows = RowChoice(places.map { Int32(truncatingIfNeeded: $0) })
            let values = zip(batch.columns[features], columns).map { (column: $0.gathered(rows), kind: $1.kind) }
            return ProfiledRows(
                time: batch.columns[time].gathered(rows), keys: keys.map { batch.columns[$0].gathered(rows) }, request: [],
                values: values)
        }
    }

    /// Profiles the sample, on all processors: profiles add up.
    package func end() async {
        guard let (frames, rows) = sample.frames() else { return }
        let count = ProcessInfo.processInfo.activeProcessorCount
        let window = window
        let parts = await withTaskGroup(of: WindowProfiles.self) { group in
            for index in 0..<count {
                let part = rows.chosen(Array(index * rows.count / count..<(index + 1) * rows.count / count))
                group.addTask {
                    var profiles = WindowProfiles(frames: frames)
                    profiles.add(part, to: window)
                    return profiles
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        guard let profiles = WindowProfiles.combined(parts).first else { return }
        content = Content(profiles: profiles, rows: sample.rowsSeen, profiledRows: rows.count)
    }
}
