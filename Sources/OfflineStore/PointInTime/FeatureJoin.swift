package import PostgresClient

/// The point-in-time join alone, by the cheaper strategy, into whatever takes its rows: what a training set is made by, for who wants
/// the rows and no file.
package struct FeatureJoin: Sendable {
    private let connection: PostgresConnection
    private let observer: ProgressReport.Observer?

    package init(connection: PostgresConnection, observer: ProgressReport.Observer? = nil) {
        self.connection = connection
        self.observer = observer
    }

    /// Joins in one snapshot; rows come in the spine's order.
    package func run(_ request: TrainingRequest, into sink: some TrainingRowSink) async throws -> JoinOutcome {
        let request = request.computingWhatIsRead
        return try await connection.transaction(isolation: .repeatableRead) {
            let strategy =
                if let strategy = request.strategy { strategy } else {
                    try await StrategyChooser(connection: connection).choose(request).chosen
                }
            switch strategy {
            case .probe: return try await ProbeJoin(request: request, observer: observer).run(on: connection, into: sink)
            case .merge: return try await MergeJoin(request: request, observer: observer).run(on: connection, into: sink)
            }
        }
    }
}
