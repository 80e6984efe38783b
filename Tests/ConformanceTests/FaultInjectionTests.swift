import FaultInjection
import PostgresClient
import RedisClient
import SkewChecker
import TestSupport
import Testing

/// Each fault is found where it is and called by its name: the short form of docs/skew-evaluation.md.
@Suite(.serialized) struct FaultInjectionTests {
    private func outcome(_ fault: Fault, seed: UInt64, requests: Int) async throws -> FaultOutcome {
        let stack = try await TestStack.shared()
        let offline = try await PostgresConnection.connect(
            to: try await stack.freshDatabase("faults", timeZone: "Asia/Kathmandu"))
        let online = try await RedisConnection.connect(to: stack.freshRedisURL())
        let twin = try await RedisConnection.connect(to: stack.freshRedisURL())
        let outcome = try await FaultRun(fault, seed: seed, requests: requests, offline: offline).run(online: online, twin: twin)
        await offline.close()
        online.close()
        twin.close()
        return outcome
    }

    @Test(arguments: Fault.allCases.filter { $0 != .none })
    func aFaultIsFoundUnderItsName(_ fault: Fault) async throws {
        let outcome = try await outcome(fault, seed: 7, requests: 3072)
        #expect(outcome.touched > 100, "\(outcome)")
        #expect(outcome.missed == 0 && outcome.strays.isEmpty, "\(outcome)")
        #expect(try #require(outcome.precision) >= 0.99, "\(outcome)")
        #expect(try #require(outcome.recall) >= 0.99, "\(outcome)")
        #expect(outcome.verdict == .fail)
        #expect(outcome.lateSources == (fault == .lateBatch || fault == .twoAtOnce ? ["payments"] : []))
    }

    @Test(arguments: [UInt64(11), 12])
    func withoutAFaultNothingIsFound(seed: UInt64) async throws {
        let outcome = try await outcome(.none, seed: seed, requests: 3072)
        #expect(outcome.touched == 0 && outcome.findings == 0 && outcome.values == 3072 * 8, "\(outcome)")
        #expect(outcome.verdict != .fail)
        // What the schedule allows to be old is told, and is no difference.
        #expect(outcome.lookedAt > 300 && outcome.stale > 0 && outcome.stale < outcome.lookedAt / 2, "\(outcome)")
    }
}
