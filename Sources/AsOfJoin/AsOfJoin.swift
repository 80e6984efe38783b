package import Columnar
package import Evaluation
package import FeatureDefs

/// A feature view over the rows of its source, as of the points of a spine: `latest` rows and window aggregates, all in one pass over
/// the keys.
///
/// Sharing is by position in the lists below: features of one argument, filter or window do their common work once.
package struct AsOfJoin: Sendable {
    /// A window feature: indices into the join's lists.
    package struct Window: Hashable, Sendable {
        package let function: AggregateFunction
        /// Into `arguments`; nil is `*`.
        package let argument: Int?
        /// Into `masks`; nil: all rows count.
        package let mask: Int?
        /// In microseconds.
        package let length: Int64

        package init(function: AggregateFunction, argument: Int?, mask: Int?, length: Int64) {
            self.function = function
            self.argument = argument
            self.mask = mask
            self.length = length
        }
    }

    /// A group of `latest` features, which are all of one row.
    package struct Latest: Hashable, Sendable {
        /// Into `masks`; nil: all rows count.
        package let mask: Int?
        /// In microseconds before the cut: a row that is older is none. nil: there is no limit.
        package let ttl: Int64?

        package init(mask: Int?, ttl: Int64? = nil) {
            self.mask = mask
            self.ttl = ttl
        }
    }

    package var rows: TimedRows
    package var points: SpinePoints
    package var masks: [RowMask] = []
    package var arguments: [Column] = []
    /// For each group of `latest` features: which rows count.
    package var latest: [Latest] = []
    package var windows: [Window] = []

    package init(rows: TimedRows, points: SpinePoints) {
        self.rows = rows
        self.points = points
    }

    /// What came out for a range of keys, at each of their points.
    package struct Result: Sendable {
        /// For each group of `latest` features: the row chosen, -1 for none.
        package var latest: [RowChoice]
        /// For each window feature.
        package var windows: [WindowValues]
    }

    func feature(_ window: Window) -> WindowFeature {
        WindowFeature(
            function: window.function,
            argument: window.argument.map { arguments[$0] },
            mask: window.mask.map { masks[$0] },
            length: window.length
        )
    }

    /// Joins a range of keys.
    package func run(keys: Range<Int>) throws(EvaluationError) -> Result {
        var run = AsOfRun(self, pointCount: points.starts[keys.upperBound] - points.starts[keys.lowerBound])
        for key in keys where points.starts[key] < points.starts[key + 1] { try run.append(key) }
        return run.result()
    }

    /// Ranges of keys of about as much work each; one at least.
    package func keyRanges(count: Int) -> [Range<Int>] {
        let work = rows.count + points.cuts.count
        var ranges: [Range<Int>] = []
        var start = 0
        var done = 0
        for key in 0..<points.keyCount {
            done += rows.count(key) + points.range(key).count
            guard done * count >= work * (ranges.count + 1) else { continue }
            ranges.append(start..<key + 1)
            start = key + 1
        }
        if start < points.keyCount || ranges.isEmpty { ranges.append(start..<points.keyCount) }
        return ranges
    }

    /// The results of consecutive ranges of keys as one.
    package static func joined(_ results: [Result], for join: AsOfJoin) -> Result {
        Result(
            latest: join.latest.indices.map { index in .joined(results.map { $0.latest[index] }) },
            windows: join.windows.indices.map { index in .joined(results.map { $0.windows[index] }) }
        )
    }
}
