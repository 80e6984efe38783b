import FeatureDefs
import Foundation
import OfflineStore
import PostgresClient
import SkewChecker
import Testing

/// Who reads a report need not be somebody who may read the data.
@Suite struct SkewDisclosureTests {
    /// Of a feature that is tagged sensitive, and of one that is computed from it, no form of the report tells a value.
    @Test func noFormTellsASensitiveValue() async throws {
        let bench = try await NightlyBench()
        try await bench.serve(200, wrong: 3, wrongPin: "leaked-")
        let outcome = try await bench.night()
        #expect(outcome.document.services[0].features.map(\.different) == [3, 200, 200])
        #expect(outcome.document.services[0].features.map(\.isSensitive) == [false, true, true])
        let folder = FileManager.default.temporaryDirectory.appending(path: "asof-sensitive-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try SkewReportFolder(folder.path).write(outcome.document)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count == 5)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8).lowercased()
            #expect(!text.contains("secret") && !text.contains("leaked"), "\(file.lastPathComponent)")
        }
        let kept = try await bench.connection.execute(
            "SELECT string_agg(r::text, '') FROM asof.skew_runs AS r UNION ALL SELECT string_agg(f::text, '') FROM asof.skew_findings AS f"
        ).rows
        for row in kept { #expect(row[0].map { $0.contains("secret") || $0.contains("leaked") } == false) }
        // Equal values are told as equal, of one feature.
        let example = try #require(outcome.document.services[0].features[1].causes.first?.examples.first)
        #expect(example.served == "masked:1" && example.recomputed == "masked:2")
        await bench.connection.close()
    }

    /// Values stand for as many as were not logged.
    @Test func aValueCountsAsItsSamplingSays() async throws {
        let bench = try await NightlyBench()
        try await bench.serve(100)
        try await bench.serve(10, wrong: 10, probability: 0.1)
        let feature = try await bench.night().document.services[0].features[0]
        #expect(feature.compared == 110 && feature.different == 10)
        #expect(feature.mismatchRate == 0.5, "10 that stand for 100, beside 100")
        #expect(feature.effectiveCount < 110)
        await bench.connection.close()
    }
}
