import FeatureDefs
import Synchronization

/// What the server counts of itself, for `GET /metrics`.
final class ServerMetrics: Sendable {
    /// What one answered lookup adds.
    struct Lookup: Sendable {
        /// The service's name, or `features` for a list of features.
        let service: String
        /// How often each status was served.
        let statuses: FeatureStatus.Counts
        /// The newest event of each view in the answer.
        let newestEvents: [String: Timestamp]
    }

    private struct State {
        var requests: [String: [Int: Int]] = [:]
        var durations: [String: LatencyHistogram] = [:]
        var statuses: [String: FeatureStatus.Counts] = [:]
        var newestEvents: [String: Timestamp] = [:]
        var pushes: [Int: Int] = [:]
        var insertedRows = 0
        var duplicateRows = 0
        var reloads = 0
        var failedReloads = 0
    }

    private let state = Mutex(State())

    /// One request to `get-online-features`, whatever came of it. Names that no plan has are counted together, since
    /// they come from outside and may be any number.
    func countRequest(service: String?, status: Int, seconds: Double) {
        let name = service ?? Self.unknown
        state.withLock { state in
            state.requests[name, default: [:]][status, default: 0] += 1
            state.durations[name, default: LatencyHistogram()].add(seconds: seconds)
        }
    }

    func count(_ lookup: Lookup) {
        state.withLock { state in
            state.statuses[lookup.service, default: FeatureStatus.Counts()].add(lookup.statuses)
            state.newestEvents.merge(lookup.newestEvents, uniquingKeysWith: max)
        }
    }

    /// One push, whatever came of it.
    func countPush(status: Int, _ outcome: PushOutcome?) {
        state.withLock { state in
            state.pushes[status, default: 0] += 1
            state.insertedRows += outcome?.inserted ?? 0
            state.duplicateRows += outcome?.duplicates ?? 0
        }
    }

    func countReload(isWell: Bool) {
        state.withLock { state in
            if isWell { state.reloads += 1 } else { state.failedReloads += 1 }
        }
    }

    private static let unknown = "unknown"

    func text(planFingerprint: String, log: ServedLogCounts?, now: Timestamp) -> String {
        let state = state.withLock { $0 }
        var text = PrometheusText()
        text.metric("asof_requests_total", .counter, "Lookups answered, by service and HTTP status.")
        for (service, codes) in state.requests.sorted(by: { $0.key < $1.key }) {
            for (code, count) in codes.sorted(by: { $0.key < $1.key }) {
                text.sample("asof_requests_total", ["service": service, "code": "\(code)"], count)
            }
        }
        text.metric("asof_request_duration_seconds", .histogram, "Time from a lookup's request to its answer.")
        for (service, histogram) in state.durations.sorted(by: { $0.key < $1.key }) {
            text.histogram("asof_request_duration_seconds", label: ("service", service), histogram)
        }
        text.metric("asof_served_values_total", .counter, "Feature values served, by service and status.")
        for (service, statuses) in state.statuses.sorted(by: { $0.key < $1.key }) {
            for status in FeatureStatus.allCases {
                let labels: PrometheusText.Labels = ["service": service, "status": status.rawValue]
                text.sample("asof_served_values_total", labels, statuses[status])
            }
        }
        text.metric("asof_view_freshness_seconds", .gauge, "Now minus the newest event, or cut of a window, that was served.")
        for (view, event) in state.newestEvents.sorted(by: { $0.key < $1.key }) {
            let seconds = Double(now.microseconds - event.microseconds) / 1e6
            text.sample("asof_view_freshness_seconds", ["view": view], seconds)
        }
        if let log {
            text.metric("asof_served_log_rows_total", .counter, "Rows of the served log, written or dropped.")
            text.sample("asof_served_log_rows_total", ["outcome": "written"], log.written)
            text.sample("asof_served_log_rows_total", ["outcome": "dropped"], log.dropped)
            text.metric("asof_served_log_queued_rows", .gauge, "Rows of the served log that wait to be written.")
            text.sample("asof_served_log_queued_rows", [:], log.queued)
        }
        text.metric("asof_pushes_total", .counter, "Pushes answered, by HTTP status.")
        for (code, count) in state.pushes.sorted(by: { $0.key < $1.key }) {
            text.sample("asof_pushes_total", ["code": "\(code)"], count)
        }
        text.metric("asof_pushed_rows_total", .counter, "Pushed rows, inserted or there already.")
        text.sample("asof_pushed_rows_total", ["outcome": "inserted"], state.insertedRows)
        text.sample("asof_pushed_rows_total", ["outcome": "duplicate"], state.duplicateRows)
        text.metric("asof_plan_info", .gauge, "The plan that is served.")
        text.sample("asof_plan_info", ["fingerprint": planFingerprint], 1)
        text.metric("asof_plan_reloads_total", .counter, "Reloads of the plan, by outcome.")
        text.sample("asof_plan_reloads_total", ["outcome": "ok"], state.reloads)
        text.sample("asof_plan_reloads_total", ["outcome": "failed"], state.failedReloads)
        return text.text
    }
}
