import FeatureDefs
import HTTPTypes
import Logging

/// Answers `POST /push` and `POST /write-to-online-store`: bytes in, bytes out.
struct PushHandler: Sendable {
    let plan: Plan
    /// nil: this server takes no pushes.
    let receiver: (any PushReceiver)?
    let metrics: ServerMetrics
    let largestBatch: Int
    let logger: Logger

    func push(_ body: [UInt8]) async throws(ServerError) -> [UInt8] {
        try await answer { () throws(ServerError) in try PushBody(body).push() }
    }

    func writeToOnlineStore(_ body: [UInt8]) async throws(ServerError) -> [UInt8] {
        try await answer { () throws(ServerError) in try PushBody(body).write(in: plan) }
    }

    private func answer(_ read: () throws(ServerError) -> PushRequest) async throws(ServerError) -> [UInt8] {
        do throws(ServerError) {
            guard let receiver else { throw .pushesNotAllowed }
            let request = try read()
            guard request.rowCount <= largestBatch else { throw .tooManyRows(request.rowCount, limit: largestBatch) }
            let outcome = try await send(request, to: receiver)
            metrics.countPush(status: 200, outcome)
            return outcome.body
        } catch {
            metrics.countPush(status: error.status.code, nil)
            throw error
        }
    }

    private func send(_ request: PushRequest, to receiver: any PushReceiver) async throws(ServerError) -> PushOutcome {
        do {
            return try await receiver.push(request)
        } catch {
            if case .failed(let reason) = error { logger.error("a push failed", metadata: ["error": "\(reason)"]) }
            throw ServerError(error)
        }
    }
}

extension PushOutcome {
    /// `{"inserted":1,"duplicates":0,"as_of":"2024-01-01T00:00:00Z","views":[{"name":"v","written":1,"kept":0}]}`
    fileprivate var body: [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"inserted\":\(inserted),\"duplicates\":\(duplicates),\"as_of\":")
        writer.string(instant.description)
        writer.raw(",\"views\":")
        writer.list(views) { writer, view in
            writer.raw("{\"name\":")
            writer.string(view.name)
            writer.raw(",\"written\":\(view.written),\"kept\":\(view.kept)}")
        }
        writer.raw("}")
        return writer.bytes
    }
}
