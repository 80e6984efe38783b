import HTTPTypes
import Logging
import NIOHTTP1

/// What the lookups of all connections share.
struct Lookups: Sendable {
    private static let path = "/get-online-features"

    let respond: @Sendable ([UInt8]) async throws(ServerError) -> [UInt8]
    /// nil: anyone who reaches the server may ask.
    let rules: AccessRules?
    let largestBody: Int
    let logger: Logger
    let turns = AskingTurns()

    static func isLookup(_ head: HTTPRequestHead) -> Bool {
        head.method == .POST && head.uri == path
    }

    /// Whether there may be another request on its connection: not after one to change the protocol, which NIO reads nothing after.
    static func keepsOpen(_ head: HTTPRequestHead) -> Bool {
        head.isKeepAlive && !head.headers.contains(name: "Upgrade")
    }

    /// Refuses what is not to be read: of those who may not ask, or too large by its own account.
    func admit(_ head: HTTPRequestHead) throws(ServerError) {
        if let rules {
            let lines = head.headers["Authorization"]
            try rules.check(Self.path, authorization: lines.isEmpty ? nil : lines.joined(separator: ", "))
        }
        guard let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > largestBody else { return }
        throw .tooLarge(limit: largestBody)
    }

    func answer(to body: [UInt8]) async -> JSONAnswer {
        do throws(ServerError) {
            return JSONAnswer(.ok, try await respond(body))
        } catch {
            return answer(to: error)
        }
    }

    func answer(to error: ServerError) -> JSONAnswer {
        error.log(to: logger)
        return JSONAnswer(error)
    }
}
