import FeatureDefs
import OnlineStore
import TestSupport
import Testing

@testable import FeatureServer

/// What `GET /metrics` says after requests of which everything is known.
struct MetricsTests {
    private func lines(_ fixture: ServerFixture) async throws -> Set<Substring> {
        let answer = try await fixture.get("/metrics")
        #expect(answer.status == 200)
        return Set(answer.body.split(separator: "\n"))
    }

    @Test func requestsStatusesAndFreshnessAreCounted() async throws {
        let fixture = try await ServerFixture()
        _ = try await fixture.post(#"{"entities": {"card": [1, 2]}, "features": ["cards:big", "cards:nothing"]}"#)
        _ = try await fixture.post(#"{"entities": {"card": [1], "extra": [1]}, "feature_service": "svc"}"#)
        _ = try await fixture.post(#"{"entities": {"card": ["x"], "extra": [1]}, "feature_service": "svc"}"#)
        _ = try await fixture.post(#"{"entities": {}, "feature_service": "no \"such\nservice"}"#)
        _ = try await fixture.post("{")
        let lines = try await lines(fixture)
        for expected in [
            #"asof_requests_total{service="features",code="200"} 1"#,
            #"asof_requests_total{service="svc",code="200"} 1"#,
            #"asof_requests_total{service="svc",code="422"} 1"#,
            // Names that no plan has are one series, however many come.
            #"asof_requests_total{service="unknown",code="404"} 1"#,
            #"asof_requests_total{service="unknown",code="400"} 1"#,
            #"asof_request_duration_seconds_bucket{service="svc",le="+Inf"} 2"#,
            #"asof_request_duration_seconds_count{service="svc"} 2"#,
            #"asof_served_values_total{service="features",status="PRESENT"} 1"#,
            #"asof_served_values_total{service="features",status="NULL_VALUE"} 1"#,
            #"asof_served_values_total{service="features",status="NOT_FOUND"} 2"#,
            // `now` is half a second after card 1's event.
            #"asof_view_freshness_seconds{view="cards"} 0.5"#,
            #"asof_plan_info{fingerprint="f1"} 1"#,
            "# TYPE asof_request_duration_seconds histogram",
        ] {
            #expect(lines.contains(Substring(expected)), "\(expected)")
        }
    }

    @Test func bucketsAreCumulativeAndTheirBoundsInclusive() {
        var histogram = LatencyHistogram()
        for seconds in [0, 0.0001, 0.000_100_1, 10, 11] { histogram.add(seconds: seconds) }
        var text = PrometheusText()
        text.histogram("h", label: ("s", "a\\b\"c\nd"), histogram)
        let label = #"s="a\\b\"c\nd""#
        #expect(text.text.contains(#"h_bucket{\#(label),le="0.0001"} 2"#), "\(text.text)")
        #expect(text.text.contains(#"h_bucket{\#(label),le="0.00025"} 3"#))
        #expect(text.text.contains(#"h_bucket{\#(label),le="10.0"} 4"#))
        #expect(text.text.contains(#"h_bucket{\#(label),le="+Inf"} 5"#))
        #expect(text.text.contains(#"h_count{\#(label)} 5"#))
    }
}
