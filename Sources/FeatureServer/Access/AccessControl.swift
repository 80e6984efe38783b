import HTTPTypes
import Hummingbird

/// Refuses requests without a known token, but for those that only ask whether the server is alive.
struct AccessControl<Context: RequestContext>: RouterMiddleware {
    private static var openPaths: Set<String> { ["health", "ready"] }

    let tokens: BearerTokens

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path.split(separator: "/").joined(separator: "/")
        if Self.openPaths.contains(path) { return try await next(request, context) }
        switch tokens.judge(request.headers[.authorization]) {
        case .accepted: return try await next(request, context)
        case .missing: throw ServerError.noToken
        case .unknown: throw ServerError.unknownToken
        }
    }
}
