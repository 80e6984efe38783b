import Columnar
import FeatureDefs

/// Rows of a spine in memory.
struct SpineRows: Sendable {
    /// The spine's own columns, which pass through.
    let columns: [Column]
    let times: PrimitiveColumn<Int64>
    /// One for each join key of the selection, of its type.
    let keys: [Column]
    /// One for each request input of the selection, of its type.
    let requestInputs: [Column]
    let rowCount: Int
}

extension PrimitiveColumn<Int64> {
    /// The earliest and latest of a spine's times; nil when there is none.
    var timeRange: ClosedRange<Timestamp>? {
        var earliest = Int64.max
        var latest = Int64.min
        let hasNulls = validity.nullCount > 0
        for (row, time) in values.enumerated() where !hasNulls || validity.isValid(row) {
            earliest = min(earliest, time)
            latest = max(latest, time)
        }
        guard earliest <= latest else { return nil }
        return Timestamp(microseconds: earliest)...Timestamp(microseconds: latest)
    }

    /// Refuses infinite times, at which no feature exists.
    ///
    /// - Parameter firstRow: the number of the first row; nil where it is not known.
    func refuseInfiniteTimes(of source: SpineSource, firstRow: Int?) throws(SpineError) {
        for (row, time) in values.enumerated() where (time == .min || time == .max) && validity.isValid(row) {
            let place = firstRow.map { "row \($0 + row)" } ?? "a row"
            throw .infiniteTimestamp(place: "\(place) of \(source.description)")
        }
    }
}
