import DriftMonitor
import Foundation
import Testing

/// Our detectors against river's, on streams and with parameters that the vector file does not have (Vectors/generate_river_streams.py).
struct RiverStreamTests {
    private struct Streams: Decodable {
        struct Case: Decodable {
            let stream: VectorValue
            let found: [String: Found]
        }
        struct Found: Decodable, Equatable {
            let drifts: [Int]
            let warnings: [Int]
        }
        let cases: [Case]
    }

    /// The detectors by the names that the file has for them and their parameters.
    private let detectors: [String: any ChangeDetector] = [
        "adwin": AdaptiveWindow(),
        "adwin_clock_7_delta_.05_buckets_3": AdaptiveWindow(
            delta: 0.05, clock: 7, bucketsPerSize: 3, minimumPart: 10, gracePeriod: 40),
        "page_hinkley_down": PageHinkley(minimumCount: 50, delta: 0.02, threshold: 15, fading: 0.999, direction: .down),
        "ddm": DriftDetectionMethod(minimumErrors: 0), "eddm": EarlyDriftDetectionMethod(),
        "hddm_a_two_sided": HoeffdingAverage(isTwoSided: true), "hddm_w": HoeffdingWeighted(),
        "hddm_w_two_sided_lambda_.01": HoeffdingWeighted(lambda: 0.01, isTwoSided: true),
    ]

    @Test func detectorsSayWhatRiverSays() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/river_streams.json")
        let cases = try JSONDecoder().decode(Streams.self, from: Data(contentsOf: url)).cases
        #expect(cases.count == 9)
        var drifts = 0
        for each in cases {
            let values = try each.stream.stream
            for (name, expected) in each.found {
                var detector = try #require(detectors[name], "no detector `\(name)`")
                let states = values.map { detector.update($0) }
                let found = Streams.Found(
                    drifts: states.indices.filter { states[$0] == .drift },
                    warnings: states.indices.filter { states[$0] == .warning })
                #expect(found == expected, "\(name) on \(each.stream)")
                drifts += found.drifts.count
            }
        }
        #expect(drifts > 100, "streams without changes compare nothing")
    }
}
