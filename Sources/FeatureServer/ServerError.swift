import FeatureDefs
import HTTPTypes
import Logging
import OnlineStore
import RedisClient

/// An answer other than 200, in the form that Feast's client understands.
///
/// ```
/// "{\"module\": \"feast.errors\", \"class\": \"FeatureViewNotFoundException\", \"message\": \"...\"}"
/// ```
///
/// The body is a JSON string that holds JSON: the client raises that class with that message. Its library retries on
/// 500 and 503, so a caller's mistake is always a 4xx.
struct ServerError: Error, Hashable, Sendable {
    let status: HTTPResponse.Status
    /// A class of Python's `feast.errors`.
    let feastClass: String
    let message: String
    /// For the server's log: what the caller is not told.
    var cause: String?

    var body: [UInt8] {
        var detail = JSONWriter()
        detail.raw("{\"module\": \"feast.errors\", \"class\": ")
        detail.string(feastClass)
        detail.raw(", \"message\": ")
        detail.string(message)
        detail.raw("}")
        var body = JSONWriter()
        body.string(String(decoding: detail.bytes, as: UTF8.self))
        return body.bytes
    }

    /// What is not the caller's mistake is told to whoever runs the server.
    func log(to logger: Logger) {
        guard status.kind == .serverError else { return }
        logger.warning("request failed", metadata: ["status": "\(status.code)", "error": "\(cause ?? message)"])
    }
}

extension ServerError {
    static func malformed(_ error: JSONError) -> ServerError {
        ServerError(status: .badRequest, feastClass: "FeastError", message: error.description)
    }

    /// Well-formed JSON that is not a request.
    static func invalidRequest(_ message: String) -> ServerError {
        ServerError(status: .unprocessableContent, feastClass: "FeastError", message: message)
    }

    static func unknownView(_ name: String) -> ServerError {
        ServerError(
            status: .notFound, feastClass: "FeatureViewNotFoundException", message: "Feature view \(name) does not exist"
        )
    }

    static func duplicateNames(_ names: [String]) -> ServerError {
        ServerError(
            status: .unprocessableContent, feastClass: "FeatureNameCollisionError",
            message: "Duplicate features named \(names.joined(separator: ", ")) found; set full_feature_names to true"
        )
    }

    static func tooLarge(limit: Int) -> ServerError {
        ServerError(
            status: .contentTooLarge, feastClass: "FeastError", message: "the request is larger than \(limit) bytes"
        )
    }

    static func tooManyRows(_ rows: Int, limit: Int) -> ServerError {
        .invalidRequest("the request has \(rows) entity rows; at most \(limit) fit one request")
    }

    static let tooSlow = ServerError(
        status: .requestTimeout, feastClass: "FeastError", message: "the request did not arrive in time"
    )
    static let noToken = ServerError(
        status: .unauthorized, feastClass: "FeastPermissionError", message: "a token is needed: Authorization: Bearer TOKEN"
    )
    static let unknownToken = ServerError(
        status: .forbidden, feastClass: "FeastPermissionError", message: "the token is not one of this server's"
    )
    static let mayNotPush = ServerError(
        status: .forbidden, feastClass: "FeastPermissionError",
        message: "the token is one for lookups; a push needs a token of its own"
    )
    static let pushesNotAllowed = ServerError(
        status: .forbidden, feastClass: "FeastPermissionError",
        message: "this server takes no pushes; `asof serve --allow-push` does"
    )
    static let notFound = ServerError(
        status: .notFound, feastClass: "FeastError", message: "Not Found; GET /docs says what there is")
    static let methodNotAllowed = ServerError(
        status: .methodNotAllowed, feastClass: "FeastError", message: "Method Not Allowed"
    )
    /// Our own mistake: the log has the details, the caller does not.
    static let internalError = ServerError(
        status: .internalServerError, feastClass: "FeastError", message: "internal error; see the server's log"
    )

    init(_ error: LookupError) {
        switch error {
        case .unknownService:
            self.init(status: .notFound, feastClass: "FeatureServiceNotFoundException", message: error.description)
        case .unknownFeature:
            self.init(status: .notFound, feastClass: "FeastObjectNotFoundException", message: error.description)
        case .missingRequestInputs:
            self.init(
                status: .notFound, feastClass: "RequestDataNotFoundInEntityRowsException", message: error.description
            )
        case .notApplied, .notServable, .missingJoinKeys, .wrongType, .unequalColumns:
            self = .invalidRequest(error.description)
        }
    }

    init(_ error: PushError) {
        switch error {
        case .unknownTarget:
            self.init(
                status: .unprocessableContent, feastClass: "PushSourceNotFoundException", message: error.description)
        case .unavailable: self.init(status: .serviceUnavailable, feastClass: "FeastError", message: error.description)
        case .failed: self = .internalError
        case .notATable, .followsSchedule, .notServable, .nothingToServe, .noRows, .missingColumns, .unknownColumns,
            .unequalColumns, .wrongType, .missingValue, .conflict, .computedFeature, .breaksExpectations, .refused,
            .computationFailed:
            self = .invalidRequest(error.description)
        }
    }

    init(_ error: RedisError) {
        guard error.isUnreachable else {
            self = .internalError
            cause = error.description
            return
        }
        self.init(status: .serviceUnavailable, feastClass: "FeastError", message: error.description)
    }
}
