import FeatureDefs
import OnlineStore

/// Writes the columns of an answer one after the other. What the features of one source row have in common, their statuses and
/// times, is spelled out for the first of them and copied for the others.
struct ColumnWriter {
    let timelines: [ServedTimeline]
    var json: JSONWriter
    private var isFirst = true
    /// For each timeline, what was written of its times, and of all that follows a feature's values; empty before the first time.
    private var times: [[UInt8]]
    private var endings: [[UInt8]]

    init(timelines: [ServedTimeline], reserving capacity: Int, onlyFeastLists: Bool) {
        self.timelines = timelines
        json = JSONWriter(reserving: capacity)
        json.writesOnlyFeastLists = onlyFeastLists
        times = [[UInt8]](repeating: [], count: timelines.count)
        endings = times
    }

    /// A column of the request, as it was understood.
    mutating func write(_ column: OnlineFeaturesResponse.EchoedColumn) {
        begin()
        json.separated(column.values) { $0.value($1) }
        json.raw(Self.statusesHead)
        json.separated(column.values) { $0.status($1.isNull ? .nullValue : .present) }
        json.raw(Self.timesHead)
        json.separated(column.values) { json, _ in json.eventTimestamp(nil) }
        json.raw("]}")
    }

    /// A feature, as `LookupResult.read` gave it.
    mutating func write(_ column: ServedColumn) {
        begin()
        json.cells(column)
        guard let timeline = column.timeline, column.ownStatuses == nil, column.ownTimes == nil else {
            return end(column)
        }
        if endings[timeline].isEmpty {
            let start = json.bytes.count
            end(column)
            endings[timeline] = Array(json.bytes[start...])
        } else {
            json.raw(endings[timeline])
        }
    }

    private mutating func end(_ column: ServedColumn) {
        json.raw(Self.statusesHead)
        json.separated(column.ownStatuses ?? column.timeline.map { timelines[$0].statuses } ?? []) { $0.status($1) }
        json.raw(Self.timesHead)
        if let own = column.ownTimes {
            json.separated(own) { $0.eventTimestamp($1) }
        } else if let timeline = column.timeline {
            if times[timeline].isEmpty {
                let start = json.bytes.count
                json.separated(timelines[timeline].times) { $0.eventTimestamp($1) }
                times[timeline] = Array(json.bytes[start...])
            } else {
                json.raw(times[timeline])
            }
        }
        json.raw("]}")
    }

    private mutating func begin() {
        json.raw(isFirst ? "{\"values\":[" : ",{\"values\":[")
        isFirst = false
    }

    private static var statusesHead: StaticString { "],\"statuses\":[" }
    private static var timesHead: StaticString { "],\"event_timestamps\":[" }
}

extension JSONWriter {
    fileprivate mutating func cells(_ column: ServedColumn) {
        var isFirst = true
        for cell in column.cells {
            if !isFirst { raw(",") }
            isFirst = false
            switch cell {
            case .null: raw("null")
            case .float64(let number): double(number)
            case .int64(let number): raw(String(number))
            case .other(let place): value(column.others[place])
            }
        }
    }

    fileprivate mutating func status(_ status: FeatureStatus) {
        switch status {
        case .present: raw("\"PRESENT\"")
        case .nullValue: raw("\"NULL_VALUE\"")
        case .notFound: raw("\"NOT_FOUND\"")
        case .outsideMaxAge: raw("\"OUTSIDE_MAX_AGE\"")
        case .invalid: raw("\"INVALID\"")
        }
    }
}
