import FeatureDefs
import Testing

@testable import OfflineStore

/// The choice at each shape of `make bench-train`, from what the catalogue says of it: the faster as measured
/// (Benchmarks/train/results.md), or one within 1.5 times of it.
@Suite struct StrategyCostsTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let spine: Double
        let source: Double
        /// Of the source, those that the spine's times can see.
        var read: Double?
        var window = 0.0
        var windowFeatures = 0
        var features = 3
        var views = 1
        var rowBytes = 40.0
        var hasIndex = true
        var memory = 6e9
        let chosen: JoinStrategy

        var statistics: JoinStatistics {
            let view = JoinStatistics.View(
                view: "v", sourceRows: source, rowsInLongestWindow: window, searches: 1, features: features,
                windowFeatures: windowFeatures, hasIndex: hasIndex)
            let read = JoinStatistics.Read(
                source: "s", sourceRows: source, readRows: read ?? source, rowBytes: rowBytes)
            return JoinStatistics(
                spineRows: spine, spineRowBytes: 16, views: Array(repeating: view, count: views),
                reads: Array(repeating: read, count: views), memoryBytes: memory)
        }
    }

    private static let measured = [
        Shape(testDescription: "headline", spine: 1e6, source: 2e6, chosen: .merge),
        Shape(
            testDescription: "windows", spine: 1e6, source: 2e6, window: 46.7, windowFeatures: 9, features: 9, rowBytes: 24,
            chosen: .merge),
        Shape(testDescription: "few", spine: 100, source: 1e7, chosen: .probe),
        Shape(testDescription: "medium", spine: 20_000, source: 2e6, chosen: .probe),
        Shape(testDescription: "hot", spine: 5e6, source: 5e6, chosen: .merge),
        Shape(testDescription: "sparse", spine: 1e6, source: 1e6, chosen: .merge),
        Shape(testDescription: "ten", spine: 3e5, source: 3e5, views: 10, chosen: .merge),
        Shape(testDescription: "wide", spine: 2e5, source: 5e5, features: 100, rowBytes: 816, chosen: .merge),
        Shape(
            testDescription: "long", spine: 1e5, source: 1e6, window: 500, windowFeatures: 9, features: 9, rowBytes: 24,
            chosen: .merge),
    ]

    private static let reasoned = [
        Shape(testDescription: "windows full of rows", spine: 5e6, source: 5e6, window: 1e5, windowFeatures: 1, chosen: .merge),
        Shape(
            testDescription: "few rows, short windows", spine: 1000, source: 1e7, window: 50, windowFeatures: 1, chosen: .probe),
        Shape(testDescription: "no index", spine: 10_000, source: 1e6, hasIndex: false, chosen: .merge),
    ]

    @Test(arguments: measured + reasoned)
    func theFasterIsChosen(shape: Shape) {
        #expect(StrategyCosts(shape.statistics).estimates.first?.strategy == shape.chosen)
    }

    /// What else tells: width, the share of the source that the spine can see, and room.
    @Test func widthTimeRangeAndMemoryCount() {
        func merge(_ change: (inout Shape) -> Void) -> Double {
            var shape = Shape(testDescription: "", spine: 1e5, source: 1e7, chosen: .merge)
            change(&shape)
            return StrategyCosts(shape.statistics).estimate(.merge).seconds
        }
        let plain = merge { _ in }
        #expect(merge { $0.rowBytes = 400 } > 2 * plain)
        #expect(merge { $0.read = 1e4 } < plain / 2)
        #expect(merge { $0.memory = 1e8 } > 1.5 * plain)
    }
}
