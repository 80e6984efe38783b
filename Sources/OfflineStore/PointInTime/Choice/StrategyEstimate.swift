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
    /// Seconds, fitted to what `make bench-train` measured of its shapes (Benchmarks/train/results.md: two cores, Postgres 15).
    private enum Cost {
        static let probeStart = 0.03
        static let stagedRow = 1.6e-6
        static let search = 3e-6
        static let probedFeature = 3e-7
        static let windowRow = 1e-7
        static let windowCell = 3.5e-8
        static let scannedRow = 4e-8

        static let mergeStart = 0.06
        /// Of a row that is looked at and left out.
        static let filteredRow = 3e-8
        static let readRow = 5e-8
        static let readByte = 4.2e-9
        static let mergedRow = 1e-7
        static let joinedFeature = 8e-8
        static let slidWindow = 3e-8
        static let spilledByte = 1e-8
    }

    /// What merge holds at once is so many times what it reads (`MemoryBudget`).
    private static let heldTimes = 3.0

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
            StrategyEstimate.Part(what: "stage and sort the spine", seconds: Cost.probeStart + spine * Cost.stagedRow)
        ]
        for view in statistics.views {
            // Without an index each search scans the table.
            let searches = Double(view.searches) * (Cost.search + (view.hasIndex ? 0 : view.sourceRows * Cost.scannedRow))
            let window =
                view.rowsInLongestWindow * (Cost.windowRow + Double(view.windowFeatures) * Cost.windowCell)
            parts.append(
                .init(
                    what: "probe \(view.view)\(view.hasIndex ? "" : ", which has no index")",
                    seconds: spine * (searches + window + Double(view.features) * Cost.probedFeature)))
        }
        return parts
    }

    private var merge: [StrategyEstimate.Part] {
        let spine = statistics.spineRows
        let spineBytes = spine * statistics.spineRowBytes
        var parts = [
            StrategyEstimate.Part(
                what: "read the spine", seconds: Cost.mergeStart + spine * Cost.readRow + spineBytes * Cost.readByte)
        ]
        var bytes = spineBytes
        for read in statistics.reads {
            let seconds =
                (read.sourceRows - read.readRows) * Cost.filteredRow
                + read.readRows * (Cost.readRow + read.rowBytes * Cost.readByte + Cost.mergedRow)
            bytes += read.readRows * read.rowBytes
            parts.append(.init(what: "read \(read.source)", seconds: seconds))
        }
        for view in statistics.views {
            let seconds =
                spine * (Cost.mergedRow + Double(view.features) * Cost.joinedFeature)
                + (spine + view.sourceRows) * Double(view.windowFeatures) * Cost.slidWindow
            parts.append(.init(what: "join \(view.view)", seconds: seconds))
        }
        if bytes * Self.heldTimes > statistics.memoryBytes {
            parts.append(.init(what: "by way of files, being more than --memory", seconds: bytes * Cost.spilledByte))
        }
        return parts
    }
}
