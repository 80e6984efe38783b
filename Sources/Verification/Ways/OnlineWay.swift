package import FeatureDefs
import Materializer
import OnlineStore
import PostgresClient
package import RedisClient

/// `asof materialize` and a lookup at each spine row's time, through Redis: the views are run when they are due, in order of
/// time, as a scheduler would.
package struct OnlineWay: ComputationWay {
    package let name = "materialize + get"
    package let failsAsAWhole = false
    private let scratch: ScratchSchema
    private let redis: RedisConnection

    package init(_ scratch: ScratchSchema, redis: RedisConnection) {
        self.scratch = scratch
        self.redis = redis
    }

    package func computes(_ knowledge: KnowledgeMode) -> Bool { knowledge == .asServed }

    package func compute(
        _ verificationCase: VerificationCase, rows: [Int], _ knowledge: KnowledgeMode
    ) async throws -> WayResult {
        let keys = ScratchKeys(verificationCase, redis: redis)
        return try await keys.removedAfterwards {
            do {
                return .rows(try await serve(verificationCase, rows: rows))
            } catch let error as MaterializationError {
                return .failed(reason: error.description)
            } catch let error as PackedRowError {
                return .failed(reason: "\(error)")
            } catch let error as PostgresError where error.sqlState != nil {
                return .failed(reason: error.description)
            }
        }
    }

    private func serve(_ verificationCase: VerificationCase, rows: [Int]) async throws -> [WayRow] {
        let plan = verificationCase.plan
        let selection = verificationCase.selection
        let servable = ServableFeatures(selection, in: plan)
        let lookup = FeatureLookup(plan: plan, ids: ScratchKeys.ids(of: plan), connection: redis)
        let prepared = try lookup.prepare(features: servable.features)
        let materializer = Materializer(project: plan.project, offline: scratch.connection, online: redis)
        var result: [Int: WayRow] = [:]
        for row in rows {
            // A request is made at some time.
            result[row] = WayRow(spineRow: row, values: selection.features.map { _ in .notComputed })
        }
        let times = Set(rows.compactMap { verificationCase.spine.time($0) }).sorted()
        for time in times {
            for view in servable.views {
                guard let ids = ScratchKeys.ids(of: plan)[view.name] else { continue }
                _ = try await materializer.fill(MaterializationTarget(view: view, ids: ids), at: time)
            }
            let asked = rows.filter { verificationCase.spine.time($0) == time }
            let served = try await lookup.features(
                prepared, for: try LookupRows(columns(of: verificationCase.spine, rows: asked), count: asked.count), now: time)
            for (position, row) in asked.enumerated() {
                let values = servable.positions.map { place -> ComputedValue in
                    guard let place else { return .notComputed }
                    let feature = served.features[place][position]
                    return feature.status == .invalid ? .failure : .value(feature.value)
                }
                result[row] = WayRow(spineRow: row, values: values)
            }
        }
        return rows.compactMap { result[$0] }
    }

    /// Join keys and request inputs, by column.
    private func columns(of spine: VerificationSpine, rows: [Int]) -> [String: [FeatureValue]] {
        var columns: [String: [FeatureValue]] = [:]
        for (position, column) in spine.columns.enumerated().dropFirst(2) {
            columns[column.name] = rows.map { spine.rows[$0][position] }
        }
        return columns
    }
}

/// The part of a selection that the online store can serve.
private struct ServableFeatures {
    let views: [FeatureViewPlan]
    let features: [FeatureReference]
    /// For each of the selection's features its place among `features`; nil where it cannot be served.
    let positions: [Int?]

    init(_ selection: FeatureSelection, in plan: Plan) {
        views = selection.distinctViews.filter(\.isServable)
        var features: [FeatureReference] = []
        positions = selection.features.map { feature in
            guard let closure = try? plan.selection(of: [feature]), closure.distinctViews.allSatisfy(\.isServable) else {
                return nil
            }
            features.append(feature.reference)
            return features.count - 1
        }
        self.features = features
    }
}
