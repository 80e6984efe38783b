import Columnar
import DriftMonitor
import FeatureDefs

/// Where things are in a batch of the served log, and which of its features are taken.
struct ServedShape: Sendable {
    private let keys: Int
    private let features: Int
    private let kinds: [ProfileKind]
    /// The features taken, by their place in the selection; nil for a column of the baseline that was not served.
    private let places: [Int?]

    init(_ selection: FeatureSelection, _ columns: [ProfiledColumn], taking places: [Int?]? = nil) {
        keys = selection.joinKeys.count
        features = selection.features.count
        kinds = columns.map(\.kind)
        self.places = places ?? Array(columns.indices)
    }

    func rows(_ batch: ColumnTable) -> ProfiledRows {
        let first = 3 + keys
        let values = places.compactMap { $0 }.map { (column: batch.columns[first + $0], kind: kinds[$0]) }
        var rows = ProfiledRows(
            time: batch.columns[0], keys: Array(batch.columns[3..<first]), request: Array(batch.columns[1...2]), values: values)
        rows.statuses = places.compactMap { $0 }.map { place in
            guard case .string(let column) = batch.columns[first + features + place] else { return [] }
            var known: [[UInt8]: FeatureStatus] = [:]
            for status in FeatureStatus.allCases { known[Array(status.rawValue.utf8)] = status }
            return (0..<column.count).map { known[Array(column.bytes[column.range($0)])] ?? .invalid }
        }
        return rows
    }
}

/// A baseline's frames, for the features that a plan served: with the plan's definitions, so that values of another definition are kept
/// apart from the baseline's.
struct ServedFrames {
    let frames: BaselineFrames
    /// For each column of `frames` its place in the service's selection.
    let places: [Int?]
    let unknown: [String]
    let otherDefinitions: [String]

    init(_ baseline: BaselineFrames, _ served: [ProfiledColumn]) {
        var (columns, places, others): ([BaselineFrames.Column], [Int?], [String]) = ([], [], [])
        for column in baseline.columns {
            guard let place = served.firstIndex(where: { $0.name == column.column.name && $0.kind == column.column.kind }) else {
                continue
            }
            if served[place].definition != column.column.definition { others.append(column.column.name) }
            columns.append(BaselineFrames.Column(column: served[place], frame: column.frame))
            places.append(place)
        }
        let known = Set(baseline.columns.map(\.column.name))
        // A joint profile of fewer or other features is not the baseline's: their definition says so.
        frames = BaselineFrames(columns: columns, joint: baseline.joint)
        self.places = places
        unknown = served.map(\.name).filter { !known.contains($0) }
        otherDefinitions = others
    }
}
