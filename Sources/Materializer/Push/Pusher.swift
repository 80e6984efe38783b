package import FeatureDefs
import OfflineStore
import OnlineStore
package import PostgresClient
package import RedisClient

/// Inserts fresh rows into a source's table and takes their entities online at once, computed by the SQL that runs use.
///
/// The instant as of which the entities are computed is taken *after* the rows are committed, from Postgres' clock. So of two
/// pushes, or a push and a run, whoever computes as of the later instant sees the other's rows, and is whom Redis keeps: the
/// order in which they write does not matter. A run's number is greater than a push's 0, so at one instant the run wins.
package struct Pusher: PushReceiver {
    /// The instant that it is.
    package typealias Clock = @Sendable (PostgresConnection) async throws -> Timestamp

    private let plan: Plan
    private let ids: [String: ViewLayoutIDs]
    private let offline: PushConnections
    private let online: RedisConnection
    private let clock: Clock

    /// - Parameter ids: the registry's numbers of the plan's feature views, by name.
    package init(
        plan: Plan, ids: [String: ViewLayoutIDs], offline: PushConnections, online: RedisConnection,
        clock: @escaping Clock = Pusher.postgresClock
    ) {
        self.plan = plan
        self.ids = ids
        self.offline = offline
        self.online = online
        self.clock = clock
    }

    package static let postgresClock: Clock = { try await $0.presentInstant() }

    package func push(_ request: PushRequest) async throws(PushError) -> PushOutcome {
        let target = try PushTarget(request, in: plan)
        do {
            return try await offline.use { connection in try await push(request, to: target, on: connection) }
        } catch let error as PushError {
            throw error
        } catch let error as PostgresError {
            throw PushError(error)
        } catch let error as RedisError {
            throw error.isUnreachable ? .unavailable(reason: error.description) : .failed(reason: error.description)
        } catch let error as MaterializationError where error.isTransient {
            throw .unavailable(reason: error.description)
        } catch MaterializationError.computationFailed(let view, let reason) {
            throw .computationFailed(view: view, reason: reason)
        } catch {
            throw .failed(reason: "\(error)")
        }
    }

    private func push(
        _ request: PushRequest, to target: PushTarget, on connection: PostgresConnection
    ) async throws -> PushOutcome {
        let deadline = ContinuousClock.now + UnsettledEntities.longestPush
        let insertion = SourceInsertion(into: target.source, on: connection)
        let table = try await insertion.tableColumns()
        let arrival = try await clock(connection)
        let rows = try PushableRows(
            request.columns, of: target.source, table: table, keyColumns: target.keyColumns, required: target.required,
            arrival: arrival)
        let inserted = try await insertion.insert(
            rows, heldTo: plan.gate(ofSourceNamed: target.source.name, all: false), identifying: target.identifying, now: arrival
        ) {
            for view in target.views where ids[view.name] != nil {
                try await UnsettledEntities(of: view, in: plan.project).note(rows.keys(of: view), at: arrival, on: connection)
            }
        }
        let instant = try await clock(connection)
        let materializer = Materializer(project: plan.project, offline: connection, online: online)
        var views: [PushOutcome.View] = []
        // Rows that were there already too: the push before may have ended in between.
        for view in target.views {
            guard let ids = ids[view.name] else { continue }
            let layout = OnlineViewLayout(project: plan.project, view: view, ids: ids)
            let counts = try await materializer.compute(rows.keys(of: view), of: layout, at: instant, until: deadline)
            views.append(.init(name: view.name, written: counts.written, kept: counts.kept))
        }
        return PushOutcome(inserted: inserted, duplicates: rows.count - inserted, views: views, instant: instant)
    }
}

extension PushError {
    /// What Postgres says of rows is the caller's affair: values, constraints, rights, columns that are generated.
    fileprivate init(_ error: PostgresError) {
        // 40: deadlock. 53: out of memory, disk or connections. 55: a lock. 57: a time-out, a shutdown.
        if error.isUnreachable || error.hasClass(["40", "53", "55", "57"]) {
            self = .unavailable(reason: error.description)
        } else if error.hasClass(["22", "23", "42", "P0"]) {
            self = .refused(reason: error.message)
        } else {
            self = .failed(reason: error.description)
        }
    }
}

extension PostgresError {
    fileprivate func hasClass(_ classes: [String]) -> Bool {
        classes.contains { sqlState?.code.hasPrefix($0) ?? false }
    }
}
