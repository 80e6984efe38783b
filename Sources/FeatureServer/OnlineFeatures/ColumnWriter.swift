import FeatureDefs
import OnlineStore

/// Writes the columns of an answer one after the other. What the features of one source row have in common, their statuses and
/// times, is spelled out for the first of them and copied for the others.
struct ColumnWriter {
    let timelines: [ServedTimeline]
    var json: JSONWriter
    private var isFirst = true
    /// For each timeline, what was written for its statuses and its times; empty before the first time.
    private var statuses: [[UInt8]]
    private var times: [[UInt8]]

    init(timelines: [ServedTimeline], reserving capacity: Int, onlyFeastLists: Bool) {
        self.timelines = timelines
        json = JSONWriter(reserving: capacity)
        json.writesOnlyFeastLists = onlyFeastLists
        statuses = [[UInt8]](repeating: [], count: timelines.count)
        times = statuses
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
        json.raw(Self.statusesHead)
        if let own = column.ownStatuses {
            json.separated(own) { $0.status($1) }
        } else if let timeline = column.timeline {
            if statuses[timeline].isEmpty {
                let start = json.bytes.count
                json.separated(timelines[timeline].statuses) { $0.status($1) }
                statuses[timeline] = Array(json.bytes[start...])
            } else {
                json.raw(statuses[timeline])
            }
        }
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
        if !isFirst { json.raw(",") }
        isFirst = false
        json.raw("{\"values\":[")
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
