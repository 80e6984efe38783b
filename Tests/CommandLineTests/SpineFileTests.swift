import Foundation
import Testing

/// What a spine's file and an output's may be, and may not.
@Suite struct SpineFileTests {
    private static let rows = "customer_id,event_timestamp\n1,2024-03-05T00:00:10Z\n"

    private func link(_ name: String, to target: String, in project: TrainingProject) throws {
        try FileManager.default.createSymbolicLink(
            atPath: project.asof.folder.appending(path: name).path, withDestinationPath: target)
    }

    @Test(arguments: [
        ("mine.csv", "mine.csv"), ("mine.csv", "./folder/../mine.csv"), ("mine.csv", "to_mine.csv"), ("to_mine.csv", "mine.csv"),
        ("to_mine.csv", "also_to_mine.csv"), ("mine.csv", "same/mine.csv"), ("mine.csv", "by_manifest.csv"),
    ])
    func aSpineIsNeverOverwritten(spine: String, output: String) async throws {
        let project = try await TrainingProject()
        try project.asof.write(Self.rows, to: "mine.csv")
        try FileManager.default.createDirectory(
            at: project.asof.folder.appending(path: "folder"), withIntermediateDirectories: false)
        try link("to_mine.csv", to: "mine.csv", in: project)
        try link("also_to_mine.csv", to: "to_mine.csv", in: project)
        try link("same", to: ".", in: project)
        try link("by_manifest.csv.manifest.json", to: "mine.csv", in: project)
        let made = try await project.train(to: output, spine: spine)
        #expect(made.code == 2 && made.error.contains("\(output) is the spine itself"), "\(made.error)")
        #expect(try project.asof.text(of: "mine.csv") == Self.rows)
        // Nor by making a training set again.
        try await project.train(to: "made.csv", spine: spine)
        let again = try await project.asof.run("reproduce", "made.csv", "-o", output)
        #expect(again.code == 2 && again.error.contains("\(output) is the spine itself"), "\(again.error)")
        #expect(try project.asof.text(of: "mine.csv") == Self.rows)
        await project.remove()
    }

    @Test func theTrainingSetToCompareWithIsNotOverwrittenByALink() async throws {
        let project = try await TrainingProject()
        try await project.train(to: "made.csv")
        try link("to_made.csv", to: "made.csv", in: project)
        let again = try await project.asof.run("reproduce", "made.csv", "-o", "to_made.csv")
        #expect(again.code == 2 && again.error.contains("to_made.csv is the training set to compare with"), "\(again.error)")
        await project.remove()
    }

    @Test(arguments: ["pipe.csv", "pipe.parquet"], ["probe", "merge"])
    func aPipeIsRefusedAtOnce(name: String, strategy: String) async throws {
        let project = try await TrainingProject()
        let path = project.asof.folder.appending(path: name).path
        try #require(mkfifo(path, 0o600) == 0)
        let made = try await project.train(to: "out.csv", spine: name, "--strategy", strategy)
        #expect(
            made.code == 2 && made.error.contains("it is a pipe, which can be read only once; save it to a file"),
            "\(made.error)")
        #expect(!project.asof.exists("out.csv"))
        try await project.train(to: "out.csv")
        let difference = try await project.asof.run("diff", "out.csv", name)
        #expect(difference.code == 2 && difference.error.contains("it is a pipe"), "\(difference.error)")
        await project.remove()
    }

    @Test(arguments: ["out.csv", "out.csv.manifest.json"])
    func whatCannotBeReplacedLeavesBothFilesAsTheyWere(folder: String) async throws {
        let project = try await TrainingProject()
        try await project.train(to: "out.csv")
        let other = folder == "out.csv" ? "out.csv.manifest.json" : "out.csv"
        let before = try project.asof.text(of: other)
        let place = project.asof.folder.appending(path: folder)
        try FileManager.default.removeItem(at: place)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        let made = try await project.train(to: "out.csv", spine: "sql:SELECT * FROM labels LIMIT 7")
        #expect(made.code == 2 && made.error.contains("cannot write ") && made.error.contains("it is a folder"), "\(made.error)")
        #expect(try project.asof.text(of: other) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: project.asof.folder.path)
        #expect(names.filter { $0.hasPrefix("out.") }.sorted() == ["out.csv", "out.csv.manifest.json"])
        await project.remove()
    }
}
