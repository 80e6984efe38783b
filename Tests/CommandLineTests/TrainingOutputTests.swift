import Foundation
import PostgresClient
import Testing

/// Where `asof train` writes, and what it says of it.
@Suite struct TrainingOutputTests {
    @Test(arguments: [true, false])
    func aLinkStaysAndWhatItPointsAtIsReplacedOrMade(isThere: Bool) async throws {
        let project = try await TrainingProject()
        if isThere { try project.asof.write("old", to: "real.csv") }
        let link = project.asof.folder.appending(path: "train.csv").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.csv")
        #expect(try await project.train(to: "train.csv").code == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real.csv")
        #expect(try project.asof.text(of: "real.csv").hasPrefix("customer_id,event_timestamp,label,"))
        #expect(try await project.asof.run("reproduce", "train.csv").code == 0)
        await project.remove()
    }

    @Test func aSpineThatGoesOnAfterTheRunIsWarnedOf() async throws {
        let project = try await TrainingProject()
        let past = try await project.train(to: "train.csv")
        #expect(!past.error.contains("after the run's own instant"), "\(past.error)")
        let future = try await project.train(to: "train.csv", "--as-of", "2024-03-03T00:00:00Z")
        #expect(future.error.contains("asof: warning: the spine has rows up to 2024-03-06"), "\(future.error)")
        #expect(future.error.contains("after the run's own instant (2024-03-03"), "\(future.error)")
        await project.remove()
    }

    /// Two runs at once: one table is made, and the other run says that it is there.
    @Test func aKeyOfMoreRowsThanMemoryAllowsIsSaid() async throws {
        let project = try await TrainingProject()
        let much = try await project.train(to: "much.csv", "--strategy", "merge", "--memory", "1GB")
        #expect(much.code == 0 && !much.error.contains("--memory"), "\(much.error)")
        let little = try await project.train(to: "little.csv", "--strategy", "merge", "--memory", "1KB")
        #expect(little.code == 0, "\(little.error)")
        #expect(little.error.contains("asof: warning: the rows of one part took about "), "\(little.error)")
        #expect(try project.asof.text(of: "much.csv") == project.asof.text(of: "little.csv"))
        await project.remove()
    }

    @Test func ofTwoRunsIntoOneTableOneSaysSo() async throws {
        let project = try await TrainingProject()
        async let first = project.train(to: "table:result")
        async let second = project.train(to: "table:result")
        let outcomes = try await [first, second].sorted { $0.code < $1.code }
        #expect(outcomes.map(\.code) == [0, 2])
        #expect(outcomes[1].error.contains("table `result` exists already"), "\(outcomes[1].error)")
        #expect(try await project.connection.execute("SELECT count(*) FROM result").firstCell == "60")
        await project.remove()
    }
}
