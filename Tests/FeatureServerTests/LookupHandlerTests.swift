import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import FeatureServer

/// What is done before, beside and after a lookup, on a connection that the test moves.
@Suite(.timeLimit(.minutes(1))) struct LookupHandlerTests {
    private let channel = NIOAsyncTestingChannel()
    private let answers: AsyncStream<[UInt8]>.Continuation
    private let asked = Asked()

    /// The bodies of the lookups that have begun.
    private final class Asked: Sendable {
        private let bodies = Mutex<[String]>([])

        var all: [String] { bodies.withLock { $0 } }

        func note(_ body: [UInt8]) { bodies.withLock { $0.append(String(decoding: body, as: UTF8.self)) } }
    }

    init() async throws {
        let (toAnswer, answers) = AsyncStream.makeStream(of: [UInt8].self)
        self.answers = answers
        let lookups = Lookups(
            respond: { [asked] body async throws(ServerError) in
                asked.note(body)
                guard let answer = await toAnswer.first(where: { _ in true }) else { throw .internalError }
                return answer
            },
            rules: AccessRules(lookups: BearerTokens(["t"]), pushes: nil), largestBody: 10,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await channel.testingEventLoop.executeInContext { [channel] in
            try channel.pipeline.syncOperations.addHandlers([HTTPServerPipelineHandler(), LookupHandler(lookups), Behind()])
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    }

    /// Hands on what came through, events by their names.
    private final class Behind: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias InboundOut = String

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): context.fireChannelRead(wrapInboundOut(head.uri))
            case .body: context.fireChannelRead(wrapInboundOut("body"))
            case .end: context.fireChannelRead(wrapInboundOut("end"))
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { context.fireChannelRead(wrapInboundOut("closed")) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.fireChannelRead(wrapInboundOut("error"))
        }
    }

    private func head(_ uri: String = "/get-online-features", _ headers: HTTPHeaders = [:]) -> HTTPServerRequestPart {
        var headers = headers
        headers.add(name: "Authorization", value: "Bearer t")
        return .head(HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: headers))
    }

    private func ask(_ parts: String...) async throws {
        try await channel.writeInbound(head())
        for part in parts { try await channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: part))) }
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    private func askAsAStranger() async throws {
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/get-online-features")
        try await channel.writeInbound(HTTPServerRequestPart.head(head))
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    private func passedOn() async throws -> String? {
        try await channel.readInbound(as: String.self)
    }

    /// The status and body of an answer that is there, or comes.
    private func answer() async throws -> (status: UInt, body: String) {
        guard case .head(let head) = try await channel.waitForOutboundWrite(as: HTTPServerResponsePart.self) else {
            return (0, "")
        }
        var body = ""
        while case .body(.byteBuffer(let part)) = try await channel.waitForOutboundWrite(as: HTTPServerResponsePart.self) {
            body += String(buffer: part)
        }
        #expect(head.headers["content-length"] == ["\(body.utf8.count)"])
        return (head.status.code, body)
    }

    private func isSilent() async throws -> Bool {
        try await channel.readOutbound(as: HTTPServerResponsePart.self) == nil
    }

    @Test func aLookupInPiecesIsAnsweredHereAndOthersGoOn() async throws {
        try await ask("12", "34", "5")
        #expect(asked.all == ["12345"])
        answers.yield(Array("{}".utf8))
        #expect(try await answer() == (200, "{}"))
        #expect(try await passedOn() == nil)
        try await channel.writeInbound(head("/get-online-features/"))
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
        #expect(try await passedOn() == "/get-online-features/")
        #expect(try await passedOn() == "end")
        try await ask("6")
        #expect(asked.all == ["12345"], "not before the answer from there")
        try await channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        try await channel.writeOutbound(HTTPServerResponsePart.end(nil))
        for _ in 0..<2 { _ = try await channel.waitForOutboundWrite(as: HTTPServerResponsePart.self) }
        #expect(asked.all == ["12345", "6"])
        answers.yield([])
        #expect(try await answer() == (200, ""))
    }

    /// A client that asks on and on is asked for nothing more than it has taken answers to.
    @Test func nothingIsLookedUpWhileTheClientDoesNotTakeItsAnswers() async throws {
        channel.isWritable = false
        try await ask("1")
        #expect(asked.all == [])
        channel.isWritable = true
        try await channel.testingEventLoop.executeInContext { [channel] in channel.pipeline.fireChannelWritabilityChanged() }
        #expect(asked.all == ["1"])
        answers.yield([0x31])
        #expect(try await answer() == (200, "1"))
    }

    /// Those behind would hang up.
    @Test func aClientThatHasSaidAllIsStillAnswered() async throws {
        try await ask("1")
        #expect(asked.all == ["1"])
        try await channel.testingEventLoop.executeInContext { [channel] in
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        #expect(try await passedOn() == nil)
        answers.yield([0x32])
        #expect(try await answer() == (200, "2"))
        #expect(try await channel.waitForInboundWrite(as: String.self) == "closed")
        // Once.
        try await ask("3")
        answers.yield([0x34])
        #expect(try await answer() == (200, "4"))
        #expect(try await passedOn() == nil)
    }

    /// Of several requests, too: the end of the answer before brings the last one.
    @Test func aClientThatHasSentAheadAndSaidAllIsAnsweredToTheEnd() async throws {
        try await ask("1")
        try await ask("2")
        try await channel.testingEventLoop.executeInContext { [channel] in
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        answers.yield([0x31])
        #expect(try await answer() == (200, "1"))
        #expect(asked.all == ["1", "2"])
        #expect(try await passedOn() == nil)
        answers.yield([0x32])
        #expect(try await answer() == (200, "2"))
        #expect(try await channel.waitForInboundWrite(as: String.self) == "closed")
    }

    /// Nor is refused what it asks: it may be a stranger.
    @Test func nothingIsRefusedWhileTheClientDoesNotTakeItsAnswers() async throws {
        channel.isWritable = false
        for _ in 0..<3 { try await askAsAStranger() }
        #expect(try await isSilent())
        channel.isWritable = true
        try await channel.testingEventLoop.executeInContext { [channel] in channel.pipeline.fireChannelWritabilityChanged() }
        for _ in 0..<3 { #expect(try await answer().status == 401) }
    }

    /// An answer within an answer within an answer would need a stack without end.
    @Test func thousandsOfRequestsSentAheadAreAnsweredOneAfterTheOther() async throws {
        try await ask("1")
        let strangers = 10_000
        for _ in 0..<strangers { try await askAsAStranger() }
        answers.yield([0x31])
        #expect(try await answer() == (200, "1"))
        for _ in 0..<strangers { #expect(try await answer().status == 401) }
    }

    @Test func nothingMoreIsPromisedToWhoAsksForAnotherProtocol() async throws {
        try await channel.writeInbound(head("/get-online-features", ["Upgrade": "h2c", "Connection": "Upgrade"]))
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
        answers.yield([0x31])
        guard case .head(let head) = try await channel.waitForOutboundWrite(as: HTTPServerResponsePart.self) else { return }
        #expect(head.status == .ok && head.headers["Connection"] == ["close"])
    }

    @Test func aTokenBesideAnotherIsNone() async throws {
        let headers = HTTPHeaders([("Authorization", "Bearer t"), ("Authorization", "Bearer u")])
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/get-online-features", headers: headers)
        try await channel.writeInbound(HTTPServerRequestPart.head(head))
        #expect(try await answer().status == 403)
    }

    @Test func whatIsTooLargeIsAnsweredAtOnceAndTheRestOfItDropped() async throws {
        try await channel.writeInbound(head("/get-online-features", ["Content-Length": "11"]))
        #expect(try await answer().status == 413)
        try await channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "12345678901")))
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
        try await channel.writeInbound(head())
        try await channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "123456")))
        #expect(try await isSilent())
        try await channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "78901")))
        #expect(try await answer().status == 413)
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
        try await ask("1234567890")
        answers.yield([0x31])
        #expect(try await answer() == (200, "1"))
        #expect(try await passedOn() == nil)
    }

    @Test func whoMayNotAskIsToldBeforeTheBodyIsRead() async throws {
        let stranger = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/get-online-features")
        try await channel.writeInbound(HTTPServerRequestPart.head(stranger))
        guard case .head(let head) = try await channel.waitForOutboundWrite(as: HTTPServerResponsePart.self) else { return }
        #expect(head.status == .unauthorized && head.headers["www-authenticate"] == ["Bearer"])
    }

    @Test func aRequestThatBreaksOffIsLeftToTheRouter() async throws {
        try await channel.writeInbound(head())
        try await channel.testingEventLoop.executeInContext { [channel] in
            channel.pipeline.fireErrorCaught(HTTPParserError.invalidEOFState)
        }
        #expect(try await passedOn() == "error")
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
        #expect(try await passedOn() == "end")
        #expect(asked.all == [])
    }

    @Test func nothingIsAnsweredOnceTheConnectionIsToBeClosed() async throws {
        try await channel.writeInbound(head("/get-online-features", ["Connection": "close"]))
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
        try await ask("2")
        answers.yield([0x31])
        #expect(try await answer() == (200, "1"))
        #expect(asked.all == [""])
        #expect(try await passedOn() == nil)
    }
}
