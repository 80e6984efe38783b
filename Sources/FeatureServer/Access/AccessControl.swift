import HTTPTypes
import Hummingbird

/// Who may ask a server for what.
struct AccessRules: Sendable {
    /// Of those who may look up; nil: everybody who reaches the server.
    let lookups: BearerTokens?
    /// Of those who may push, and look up too; nil: whoever may look up.
    let pushes: BearerTokens?

    private static var openPaths: Set<String> { ["health", "ready"] }
    private static var pushPaths: Set<String> { ["push", "write-to-online-store"] }

    func check(_ path: String, authorization: String?) throws(ServerError) {
        let path = path.split(separator: "/").joined(separator: "/")
        if Self.openPaths.contains(path) { return }
        let pushing = pushes?.judge(authorization)
        if pushing == .accepted { return }
        let looking = lookups?.judge(authorization)
        if Self.pushPaths.contains(path), let pushing {
            if pushing == .missing { throw .noToken }
            throw looking == .accepted ? .mayNotPush : .unknownToken
        }
        switch looking {
        case .accepted, nil: return
        case .missing: throw .noToken
        case .unknown: throw .unknownToken
        }
    }
}

/// Refuses requests without a known token, but for those that only ask whether the server is alive.
struct AccessControl<Context: RequestContext>: RouterMiddleware {
    let rules: AccessRules

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        try rules.check(request.uri.path, authorization: request.headers[.authorization])
        return try await next(request, context)
    }
}
