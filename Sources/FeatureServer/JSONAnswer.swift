import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// An answer of JSON, whichever way it goes out.
struct JSONAnswer: Sendable {
    static let serverName = "asof"

    let status: HTTPResponse.Status
    let body: [UInt8]
    /// Beyond those that every answer has.
    private(set) var fields = HTTPFields()

    init(_ status: HTTPResponse.Status, _ body: [UInt8]) {
        self.status = status
        self.body = body
    }

    init(_ error: ServerError) {
        self.init(error.status, error.body)
        if error.status == .unauthorized { fields[.wwwAuthenticate] = "Bearer" }
    }

    /// For the router, which adds what every answer has.
    var response: Response {
        var response = Response.json(status, body)
        response.headers.append(contentsOf: fields)
        return response
    }

    /// Writes the whole answer from the handler of the context on.
    func write(to context: ChannelHandlerContext, date: String, staysOpen: Bool, promise: EventLoopPromise<Void>?) {
        context.write(NIOAny(HTTPServerResponsePart.head(head(date: date, staysOpen: staysOpen))), promise: nil)
        context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: promise)
    }

    private func head(date: String, staysOpen: Bool) -> HTTPResponseHead {
        var headers = HTTPHeaders([
            ("Content-Type", "application/json"), ("Content-Length", String(body.count)), ("Date", date),
            ("Server", Self.serverName),
        ])
        for field in fields { headers.add(name: field.name.rawName, value: field.value) }
        if !staysOpen { headers.add(name: "Connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status.code), headers: headers)
    }
}
