import Foundation
import NIOCore
import Testing

@testable import FeatureServer

struct ReplyWatchTests {
    @Test func takesWhatArrivesUntilItIsEnough() throws {
        let (near, far) = try pair()
        defer { for socket in [near, far] { close(socket) } }
        var watch = ReplyWatch(longest: .minutes(1))
        write(far, "abc")
        var seen = ""
        let inTime = watch.watch(near) { bytes in
            seen += String(decoding: bytes, as: UTF8.self)
            if seen == "abc" { write(far, "de") }
            return seen == "abcde"
        }
        #expect(inTime)
        #expect(seen == "abcde")
    }

    @Test func leavesWhatDoesNotArriveAndTheEnd() throws {
        let (near, far) = try pair()
        defer { close(near) }
        var watch = ReplyWatch()
        let whileSilent = watch.watch(near) { _ in true }
        close(far)
        let atEnd = watch.watch(near) { _ in true }
        #expect(!whileSilent && !atEnd)
    }

    @Test func withoutSuccessHardlyAnyCallIsWatched() {
        var watch = ReplyWatch()
        var watched = 0
        for _ in 0..<100_000 where watch.isDue(commands: 1) {
            watched += 1
            watch.note(wasInVain: true)
        }
        // 1 + 2 + 4 ... + 1,024 calls pass over between the first 12, and then 1,024 after each.
        #expect((100...112).contains(watched), "\(watched)")
    }

    @Test func oneSuccessIsEnoughToWatchAgain() {
        var watch = ReplyWatch()
        for _ in 0..<5_000 where watch.isDue(commands: 1) { watch.note(wasInVain: true) }
        while !watch.isDue(commands: 1) {}
        watch.note(wasInVain: false)
        for _ in 0..<10 {
            let isDue = watch.isDue(commands: 1)
            #expect(isDue)
            watch.note(wasInVain: false)
        }
        // And the next vain one costs one call again.
        watch.note(wasInVain: true)
        let due = [watch.isDue(commands: 1), watch.isDue(commands: 1)]
        #expect(due == [false, true])
    }

    @Test func longPipelinesAreNotWaitedFor() {
        var watch = ReplyWatch()
        let due = [watch.isDue(commands: 16), watch.isDue(commands: 17)]
        #expect(due == [true, false])
    }

    private func pair() throws -> (Int32, Int32) {
        var sockets: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
        return (sockets[0], sockets[1])
    }

    private func write(_ socket: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        #expect(send(socket, bytes, bytes.count, 0) == bytes.count)
    }
}
