import Columnar
import FeatureDefs

/// A spine in memory.
struct SpineRows: Sendable {
    let shape: SpineTable
    /// The spine's own columns, which pass through.
    let columns: [Column]
    let times: PrimitiveColumn<Int64>
    /// One for each join key of the selection, of its type.
    let keys: [Column]
    /// One for each request input of the selection, of its type.
    let requestInputs: [Column]
    let rowCount: Int
    /// The statement that they came from; nil for a file.
    let sql: String?

    /// The rows' earliest and latest time; nil when there is none.
    var timeRange: ClosedRange<Timestamp>? {
        var earliest = Int64.max
        var latest = Int64.min
        for (row, time) in times.values.enumerated() where times.validity.isValid(row) {
            earliest = min(earliest, time)
            latest = max(latest, time)
        }
        guard earliest <= latest else { return nil }
        return Timestamp(microseconds: earliest)...Timestamp(microseconds: latest)
    }

    /// Refuses infinite times, at which no feature exists.
    func refuseInfiniteTimes(of source: SpineSource) throws(SpineError) {
        for (row, time) in times.values.enumerated() where time == .min || time == .max {
            if times.validity.isValid(row) { throw .infiniteTimestamp(place: "row \(row + 1) of \(source.description)") }
        }
    }
}
