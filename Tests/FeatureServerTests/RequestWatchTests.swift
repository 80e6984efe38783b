import Foundation
import NIOCore
import Testing

@testable import FeatureServer

struct RequestWatchTests {
    private let turns = AskingTurns()

    @Test func onlyWhoAsksAloneIsWaitedFor() {
        var (one, other) = (RequestWatch(among: turns), RequestWatch(among: turns))
        for _ in 0..<7 { one.noteRequest() }
        let early = one.isDue()
        one.noteRequest()
        let due = one.isDue()
        #expect(!early && due)
        other.noteRequest()
        one.noteRequest()
        let after = (one.isDue(), other.isDue())
        #expect(after == (false, false))
        for _ in 0..<7 { one.noteRequest() }
        let again = one.isDue()
        #expect(again)
    }

    @Test func endsWhenARequestArrives() throws {
        let (near, far) = try socketPair()
        defer { for socket in [near, far] { close(socket) } }
        var watch = RequestWatch(among: turns, looking: BriefWatch(longest: .minutes(1)))
        for _ in 0..<8 { watch.noteRequest() }
        sendText(far, "x")
        watch.watch(near)
        // It was not in vain.
        let due = watch.isDue()
        #expect(due)
        // And has taken nothing.
        var byte: UInt8 = 0
        #expect(recv(near, &byte, 1, 0) == 1)
    }

    @Test func endsWhenTheClientLeaves() throws {
        let (near, far) = try socketPair()
        defer { close(near) }
        var watch = RequestWatch(among: turns, looking: BriefWatch(longest: .minutes(1)))
        for _ in 0..<8 { watch.noteRequest() }
        close(far)
        watch.watch(near)
        let due = watch.isDue()
        #expect(due)
    }

    @Test(.timeLimit(.minutes(1))) func endsWhenAnotherAsks() throws {
        let (near, far) = try socketPair()
        defer { for socket in [near, far] { close(socket) } }
        var watch = RequestWatch(among: turns, looking: BriefWatch(longest: .minutes(2)))
        var other = RequestWatch(among: turns)
        for _ in 0..<8 { watch.noteRequest() }
        other.noteRequest()
        watch.watch(near)
        let due = watch.isDue()
        #expect(!due)
    }
}
