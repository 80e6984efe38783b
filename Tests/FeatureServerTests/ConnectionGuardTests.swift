import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import FeatureServer

/// A connection's time limits, by a clock that the test moves.
struct ConnectionGuardTests {
    private let channel: EmbeddedChannel
    private static let head = HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))

    init() throws {
        channel = EmbeddedChannel(handler: ConnectionGuard(limit: .seconds(5), idleLimit: .seconds(60)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func answer() throws {
        try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    private func ask() throws {
        try channel.writeInbound(Self.head)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    private func expectToBeClosedAfterAMinute(sourceLocation: SourceLocation = #_sourceLocation) {
        pass(seconds: 59)
        #expect(channel.isActive, sourceLocation: sourceLocation)
        pass(seconds: 1)
        #expect(!channel.isActive, sourceLocation: sourceLocation)
    }

    private func pass(seconds: Int64) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    @Test func aConnectionOnWhichNothingComesIsClosed() {
        expectToBeClosedAfterAMinute()
    }

    @Test func aBusyConnectionStaysAndIsClosedOnceItIsIdle() throws {
        for _ in 0..<10 {
            pass(seconds: 50)
            try ask()
            try answer()
        }
        expectToBeClosedAfterAMinute()
    }

    @Test func aClientThatWaitsForItsAnswerIsNotIdle() throws {
        try ask()
        pass(seconds: 1_000)
        #expect(channel.isActive)
        try answer()
        pass(seconds: 59)
        #expect(channel.isActive)
        pass(seconds: 61)
        #expect(!channel.isActive)
    }

    @Test func aRequestThatDoesNotArriveIsAnsweredWith408() throws {
        try channel.writeInbound(Self.head)
        pass(seconds: 4)
        #expect(try channel.readOutbound(as: HTTPServerResponsePart.self) == nil)
        pass(seconds: 1)
        guard case .head(let head)? = try channel.readOutbound(as: HTTPServerResponsePart.self) else {
            Issue.record("no answer")
            return
        }
        #expect(head.status == .requestTimeout && head.headers["Connection"] == ["close"])
        #expect(!channel.isActive)
    }

    /// An answer that came before the whole request is not followed by another.
    @Test func aRequestThatIsAnsweredBeforeItHasArrivedIsHungUpOn() throws {
        try channel.writeInbound(Self.head)
        try answer()
        while try channel.readOutbound(as: HTTPServerResponsePart.self) != nil {}
        pass(seconds: 5)
        #expect(try channel.readOutbound(as: HTTPServerResponsePart.self) == nil)
        #expect(!channel.isActive)
    }

    /// It has its time once it is read.
    @Test func whatIsSentAheadInPartsWaitsForTheAnswerBefore() throws {
        try ask()
        try channel.writeInbound(Self.head)
        pass(seconds: 1_000)
        #expect(channel.isActive)
        try answer()
        while try channel.readOutbound(as: HTTPServerResponsePart.self) != nil {}
        pass(seconds: 4)
        #expect(try channel.readOutbound(as: HTTPServerResponsePart.self) == nil)
        pass(seconds: 1)
        guard case .head(let head)? = try channel.readOutbound(as: HTTPServerResponsePart.self) else {
            Issue.record("no answer")
            return
        }
        #expect(head.status == .requestTimeout)
    }
}
