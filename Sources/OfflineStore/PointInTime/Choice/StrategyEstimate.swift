/// What a strategy would cost, and from what.
package struct StrategyEstimate: Codable, Hashable, Sendable {
    package struct Part: Codable, Hashable, Sendable {
        package let what: String
        package let seconds: Double
    }

    package let strategy: JoinStrategy
    package let parts: [Part]
    package var seconds: Double { parts.reduce(0) { $0 + $1.seconds } }
}

/// Estimates each strategy's time from the join's statistics: sums of counts times a cost for each, no more.
package struct StrategyCosts: Sendable {
    // Seconds. From DESIGN §7's table (two cores, Postgres 15): 1 M probes over a sorted spine in 3.3 s, 3 M rows out by COPY in 1.0 s.
    private static let probeStart = 0.005
    private static let stagedRow = 1.6e-6
    private static let search = 1.7e-6
    private static let windowRow = 1.5e-7
    private static let scannedRow = 4e-8
    private static let mergeStart = 0.03
    private static let readRow = 4e-7
    private static let readCell = 4e-8
    private static let joinedCell = 1.2e-7

    private let statistics: JoinStatistics

    package init(_ statistics: JoinStatistics) {
        self.statistics = statistics
    }

    /// Every strategy, the cheapest first.
    package var estimates: [StrategyEstimate] {
        JoinStrategy.allCases.map(estimate).sorted { $0.seconds < $1.seconds }
    }

    package func estimate(_ strategy: JoinStrategy) -> StrategyEstimate {
        switch strategy {
        case .probe: StrategyEstimate(strategy: .probe, parts: probe)
        case .merge: StrategyEstimate(strategy: .merge, parts: merge)
        }
    }

    private var probe: [StrategyEstimate.Part] {
        let spine = statistics.spineRows
        var parts = [
            StrategyEstimate.Part(what: "stage and sort the spine", seconds: Self.probeStart + spine * Self.stagedRow)
        ]
        for view in statistics.views {
            // Without an index each search scans the table.
            let rows =
                view.hasIndex
                ? view.rowsInLongestWindow * Self.windowRow : view.sourceRows * Self.scannedRow * Double(view.searches)
            let seconds = spine * (Double(view.searches) * Self.search + rows)
            parts.append(.init(what: "probe \(view.view)\(view.hasIndex ? "" : ", which has no index")", seconds: seconds))
        }
        return parts
    }

    private var merge: [StrategyEstimate.Part] {
        let spine = statistics.spineRows
        var parts = [StrategyEstimate.Part(what: "read the spine", seconds: Self.mergeStart + spine * Self.readRow)]
        for view in statistics.views {
            let read = view.sourceRows * (Self.readRow + Double(view.features) * Self.readCell)
            parts.append(.init(what: "read \(view.view)", seconds: read))
            parts.append(.init(what: "join \(view.view)", seconds: spine * Double(view.features) * Self.joinedCell))
        }
        return parts
    }
}
