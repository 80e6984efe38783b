import NIOCore
import Testing

@testable import FeatureServer

struct BriefWatchTests {
    @Test func looksUntilThereIsEnough() {
        var watch = BriefWatch(longest: .minutes(1))
        var looks = 0
        let isEnough = watch.watch {
            looks += 1
            return looks < 1_000 ? .nothing : .enough
        }
        #expect(isEnough && looks == 1_000)
    }

    @Test func endsAfterItsTimeAndWhereThereIsNoUse() {
        var short = BriefWatch(longest: .microseconds(1))
        var long = BriefWatch(longest: .minutes(1))
        #expect(!short.watch { .nothing })
        #expect(!long.watch { .neverMore })
    }

    @Test func withoutSuccessThereIsHardlyAnyWatch() {
        var watch = BriefWatch(longest: .zero)
        var watched = 0
        for _ in 0..<100_000 where watch.isDue() {
            watched += 1
            watch.watch { .nothing }
        }
        // 1 + 2 + 4 ... + 1,024 times pass over between the first 12, and then 1,024 after each.
        #expect((100...112).contains(watched), "\(watched)")
    }

    @Test func oneSuccessIsEnoughToWatchAgain() {
        var watch = BriefWatch(longest: .zero)
        for _ in 0..<5_000 where watch.isDue() { watch.watch { .nothing } }
        while !watch.isDue() {}
        watch.watch { .enough }
        for _ in 0..<10 {
            let isDue = watch.isDue()
            #expect(isDue)
            watch.watch { .enough }
        }
        // And the next vain one costs one time again.
        watch.watch { .nothing }
        let due = [watch.isDue(), watch.isDue()]
        #expect(due == [false, true])
    }
}
