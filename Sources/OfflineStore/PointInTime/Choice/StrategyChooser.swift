import FeatureDefs
package import PostgresClient

/// A choice of strategy, and why.
package struct StrategyChoice: Codable, Hashable, Sendable {
    package let chosen: JoinStrategy
    /// Whether the user said so.
    package let isForced: Bool
    package let statistics: JoinStatistics
    /// The cheapest first.
    package let estimates: [StrategyEstimate]
}

/// Chooses a strategy by what Postgres knows of the tables.
package struct StrategyChooser: Sendable {
    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    package func choose(_ request: TrainingRequest) async throws -> StrategyChoice {
        let missing = try await IndexAdvisor(connection: connection).missingIndexes(for: request.selection.distinctViews)
        return try await choose(request, missingIndexes: missing)
    }

    /// - Parameter missingIndexes: what the `IndexAdvisor` says of the request's views.
    func choose(_ request: TrainingRequest, missingIndexes: [MissingIndex]) async throws -> StrategyChoice {
        let statistics = try await StatisticsReader(
            connection: connection, request: request.computingWhatIsRead, missingIndexes: missingIndexes
        ).read()
        let estimates = StrategyCosts(statistics).estimates
        return StrategyChoice(
            chosen: request.strategy ?? estimates.first?.strategy ?? .probe,
            isForced: request.strategy != nil,
            statistics: statistics,
            estimates: estimates
        )
    }
}
