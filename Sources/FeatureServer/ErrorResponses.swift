import HTTPTypes
import Hummingbird
import Logging

/// Turns whatever a request ends with into an answer of Feast's form; nothing reaches a client unformed.
struct ErrorResponses<Context: RequestContext>: RouterMiddleware {
    /// The paths that exist, and what they take.
    private static var methods: [String: HTTPRequest.Method] {
        [
            "get-online-features": .post, "push": .post, "write-to-online-store": .post, "features": .get, "services": .get,
            "openapi.json": .get, "docs": .get, "metrics": .get,
            "health": .get, "ready": .get,
        ]
    }

    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as ServerError {
            return response(error)
        } catch let error as any HTTPResponseError where error.status == .notFound {
            let path = request.uri.path.split(separator: "/").joined(separator: "/")
            guard let method = Self.methods[path] else { return response(.notFound) }
            var refusal = response(.methodNotAllowed)
            refusal.headers[.allow] = method == .get ? "GET, HEAD" : method.rawValue
            return refusal
        } catch let error as any HTTPResponseError {
            // Hummingbird's own, such as a request that cannot be parsed.
            return response(
                ServerError(status: error.status, feastClass: "FeastError", message: error.status.reasonPhrase)
            )
        }
    }

    private func response(_ error: ServerError) -> Response {
        error.log(to: logger)
        return JSONAnswer(error).response
    }
}
