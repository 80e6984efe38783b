import FeatureDefs
import HTTPTypes
import Logging
import OnlineStore
import RedisClient

/// Answers `POST /get-online-features`: bytes in, bytes out.
final class OnlineFeaturesHandler: Sendable {
    /// What the handlers of all plans share.
    struct Surroundings: Sendable {
        let log: ServedFeatureLog?
        let metrics: ServerMetrics
        let unreadable: UnreadableRowWarning
        let layoutHints: LayoutHints
        /// Named in the served log.
        let host: String
        let largestBatch: Int
        /// Whether lists that Feast's client cannot read are sent as null.
        let onlyFeastLists: Bool
        let clock: @Sendable () -> Timestamp
    }

    let lookup: FeatureLookup
    private let surroundings: Surroundings
    /// The services of the plan, prepared once, or why each cannot be served.
    private let services: [String: Result<PreparedService, LookupError>]

    /// The join keys of the entities that have one, by the entity's name: Feast's clients may send either.
    private let keysByEntity: [String: String]

    private struct PreparedService {
        let lookup: PreparedLookup
        let names: AnswerNames
        let fullNames: AnswerNames
        let schema: ServedSchema
        let sampling: ServedSampling?
    }

    init(_ served: ServedPlan, in surroundings: Surroundings) {
        let lookup = served.lookup
        self.lookup = lookup
        self.surroundings = surroundings
        let plan = lookup.plan
        keysByEntity = Dictionary(
            plan.entities.compactMap { entity in entity.joinKeys.count == 1 ? (entity.name, entity.joinKeys[0].name) : nil },
            uniquingKeysWith: { first, _ in first })
        services = Dictionary(
            plan.services.map { service in
                let prepared = Result { () throws(LookupError) in
                    let prepared = try lookup.prepare(service: service.name)
                    return PreparedService(
                        lookup: prepared,
                        names: AnswerNames(prepared, isFull: false),
                        fullNames: AnswerNames(prepared, isFull: true),
                        schema: ServedSchema(
                            service: service.name, planFingerprint: served.fingerprint, selection: prepared.selection
                        ),
                        sampling: service.logSample.map {
                            ServedSampling(project: plan.project, joinKeys: prepared.selection.joinKeys, probability: $0)
                        }
                    )
                }
                return (service.name, prepared)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Answers, and counts the request whatever comes of it.
    func respond(to body: [UInt8]) async throws(ServerError) -> [UInt8] {
        let start = ContinuousClock.now
        var service: String?
        do throws(ServerError) {
            let request = try OnlineFeaturesRequest(body)
            service = countedName(of: request.target)
            let answer = try await answer(request)
            count(service, status: 200, since: start)
            return answer
        } catch {
            count(service, status: error.status.code, since: start)
            throw error
        }
    }

    private func count(_ service: String?, status: Int, since start: ContinuousClock.Instant) {
        surroundings.metrics.countRequest(
            service: service, status: status, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    private func countedName(of target: OnlineFeaturesRequest.Target) -> String? {
        switch target {
        case .service(let name): services[name] == nil ? nil : name
        case .features: Self.featureList
        }
    }

    private static let featureList = "features"

    private func answer(_ request: OnlineFeaturesRequest) async throws(ServerError) -> [UInt8] {
        guard request.rowCount <= surroundings.largestBatch else {
            throw .tooManyRows(request.rowCount, limit: surroundings.largestBatch)
        }
        let (prepared, service) = try prepare(request.target)
        let isFull = request.usesFullFeatureNames
        let names = service.map { isFull ? $0.fullNames : $0.names } ?? AnswerNames(prepared, isFull: isFull)
        let echoed = try typedColumns(of: request, for: prepared.selection)
        try names.refuseDuplicates(echoed: echoed.map(\.name))

        let now = surroundings.clock()
        let result: LookupResult
        let rows: LookupRows
        do {
            let columns = Dictionary(echoed.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
            rows = try LookupRows(columns, count: request.rowCount)
            result = try await lookup.features(prepared, for: rows, now: now)
        } catch let error as LookupError {
            throw ServerError(error)
        } catch let error as RedisError {
            throw ServerError(error)
        } catch {
            throw .internalError
        }
        if !result.undecodable.isEmpty {
            surroundings.unreadable.warn(of: result.undecodable, now: now)
            surroundings.layoutHints.note(result.undecodable)
        }
        if let service, let log = surroundings.log, let sampling = service.sampling {
            log.offer(sampling.rows(of: result, for: rows, schema: service.schema, servedAt: now, host: surroundings.host))
        }
        var counts = ServedCounts(of: prepared.selection)
        let body = OnlineFeaturesResponse(
            echoed: echoed, names: names, result: result,
            viewMetadata: request.wantsViewMetadata ? prepared.selection.distinctViews.map(\.name) : nil,
            onlyFeastLists: surroundings.onlyFeastLists
        ).body(counting: &counts)
        surroundings.metrics.count(counts.lookup(service: service?.schema.service ?? Self.featureList))
        return body
    }

    private func prepare(
        _ target: OnlineFeaturesRequest.Target
    ) throws(ServerError) -> (PreparedLookup, PreparedService?) {
        do throws(LookupError) {
            switch target {
            case .service(let name):
                guard let service = services[name] else { throw .unknownService(name) }
                let prepared = try service.get()
                return (prepared.lookup, prepared)
            case .features(let features):
                return (try lookup.prepare(features: features), nil)
            }
        } catch {
            if case .unknownFeature(let reference) = error, !hasView(named: reference.view) {
                throw .unknownView(reference.view)
            }
            throw ServerError(error)
        }
    }

    private func hasView(named name: String) -> Bool {
        lookup.plan.featureView(named: name) != nil || lookup.plan.onDemandView(named: name) != nil
    }

    /// The columns that the features need, with their types. Others are ignored, as Feast does. A join key that is not there may come
    /// under its entity's name.
    private func typedColumns(
        of request: OnlineFeaturesRequest, for selection: FeatureSelection
    ) throws(ServerError) -> [OnlineFeaturesResponse.EchoedColumn] {
        var types: [String: FeatureType] = [:]
        for input in selection.requestInputs { types[input.name] = input.type }
        for key in selection.joinKeys { types[key.name] = key.type }
        var columns: [OnlineFeaturesResponse.EchoedColumn] = []
        for column in request.columns {
            let name = types[column.name] == nil ? joinKey(ofEntity: column.name, in: request) : column.name
            guard let name, let type = types[name] else { continue }
            guard name == column.name || !columns.contains(where: { $0.name == name }) else {
                throw .invalidRequest("`\(column.name)` is join key `\(name)`, which another entity's name has given")
            }
            var values: [FeatureValue] = []
            values.reserveCapacity(column.values.count)
            for (row, json) in column.values.enumerated() {
                guard let value = FeatureValue(json: json, as: type) else {
                    throw .invalidRequest("row \(row) of `\(column.name)` is not \(type)")
                }
                values.append(value)
            }
            columns.append(.init(name: name, values: values))
        }
        return columns
    }

    /// The join key that a column named like an entity is, unless that is there under its own name.
    private func joinKey(ofEntity name: String, in request: OnlineFeaturesRequest) -> String? {
        guard let key = keysByEntity[name], !request.columns.contains(where: { $0.name == key }) else { return nil }
        return key
    }
}
