package import FeatureDefs
package import OfflineStore
import PostgresClient

/// `asof train` by one strategy of the join, from a spine in a table to a training set in a table.
package struct TrainingWay: ComputationWay {
    package var name: String { "train (\(strategy.rawValue))" }
    package let failsAsAWhole = true
    private let strategy: JoinStrategy
    private let scratch: ScratchSchema

    private static let output = "training set"

    package init(_ strategy: JoinStrategy, in scratch: ScratchSchema) {
        self.strategy = strategy
        self.scratch = scratch
    }

    package func computes(_ knowledge: KnowledgeMode) -> Bool { true }

    package func compute(
        _ verificationCase: VerificationCase, rows: [Int], _ knowledge: KnowledgeMode
    ) async throws -> WayResult {
        let spine = verificationCase.spine
        let ordinals = rows.compactMap { spine.rows[$0].first?.text }.joined(separator: ", ")
        let ordinal = try SQLIdentifier(VerificationSpine.ordinal).quoted
        let request = TrainingRequest(
            selection: verificationCase.selection,
            spine: .query(
                """
                SELECT * FROM \(try scratch.quoted(VerificationSpine.tableName)) WHERE \(ordinal) IN (\(ordinals)) ORDER BY \(ordinal)
                """),
            timestampColumn: VerificationSpine.time,
            knowledge: knowledge,
            usesFullFeatureNames: true,
            strategy: strategy
        )
        do {
            try await scratch.connection.execute("DROP TABLE IF EXISTS \(try scratch.quoted(Self.output))")
            let builder = TrainingSetBuilder(connection: scratch.connection)
            let origin = TrainingOrigin(engineVersion: "verify", plan: verificationCase.plan, service: "verify")
            _ = try await builder.build(request, for: origin, to: .table([scratch.name, Self.output]))
            return .rows(try await read(verificationCase))
        } catch let error as TrainingError {
            return .failed(reason: error.description)
        } catch let error as PostgresError where error.sqlState != nil {
            return .failed(reason: error.description)
        }
    }

    /// The training set's rows, in the order in which they were written.
    private func read(_ verificationCase: VerificationCase) async throws -> [WayRow] {
        let spine = verificationCase.spine
        let indices = Dictionary(
            spine.rows.enumerated().map { ($1[0], $0) }, uniquingKeysWith: { first, _ in first })
        let types = spine.columns.map(\.storage.featureType) + verificationCase.selection.types
        let state = (decoder: BinaryCopyDecoder(), rows: [WayRow]())
        let table = try scratch.quoted(Self.output)
        let result = try await scratch.connection.copyOut(
            "COPY (SELECT * FROM \(table) ORDER BY ctid) TO STDOUT (FORMAT binary)", into: state
        ) { state, message in
            try state.decoder.decode(message) { row in
                var values: [FeatureValue] = []
                for type in types { values.append(try row.nextValue(as: type)) }
                let features = values.dropFirst(spine.columns.count).map(ComputedValue.value)
                state.rows.append(WayRow(spineRow: indices[values[0]] ?? -1, values: features))
            }
        }
        return result.rows
    }
}
