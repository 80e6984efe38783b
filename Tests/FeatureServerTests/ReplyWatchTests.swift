import Foundation
import NIOCore
import Testing

@testable import FeatureServer

struct ReplyWatchTests {
    @Test func takesWhatArrivesUntilItIsEnough() throws {
        let (near, far) = try socketPair()
        defer { for socket in [near, far] { close(socket) } }
        var watch = ReplyWatch(looking: BriefWatch(longest: .minutes(1)))
        sendText(far, "abc")
        var seen = ""
        let inTime = watch.watch(near) { bytes in
            seen += String(decoding: bytes, as: UTF8.self)
            if seen == "abc" { sendText(far, "de") }
            return seen == "abcde"
        }
        #expect(inTime)
        #expect(seen == "abcde")
    }

    @Test func leavesWhatDoesNotArriveAndTheEnd() throws {
        let (near, far) = try socketPair()
        defer { close(near) }
        var watch = ReplyWatch()
        let whileSilent = watch.watch(near) { _ in true }
        close(far)
        let atEnd = watch.watch(near) { _ in true }
        #expect(!whileSilent && !atEnd)
    }

    @Test func longPipelinesAreNotWaitedFor() {
        var watch = ReplyWatch()
        let due = [watch.isDue(commands: 16), watch.isDue(commands: 17)]
        #expect(due == [true, false])
    }
}
