import Foundation
import Testing

/// Files that are no definitions: one clear line each, in bounded time and memory.
@Suite struct DefinitionFilesTests {
    @Test func whatCannotBeReadIsNamed() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let odd = asof.folder.appending(path: "features/odd.yaml")
        let files = FileManager.default

        try files.createSymbolicLink(atPath: odd.path, withDestinationPath: "odd.yaml")
        let loop = try await asof.run("plan")
        #expect(loop.code == 2 && loop.error.contains("odd.yaml: Too many levels of symbolic links"), "\(loop.error)")
        try files.removeItem(at: odd)

        try files.createSymbolicLink(atPath: odd.path, withDestinationPath: "nowhere")
        let dangling = try await asof.run("plan")
        #expect(dangling.code == 2 && dangling.error.contains("odd.yaml: No such file"), "\(dangling.error)")
        try files.removeItem(at: odd)

        // Reading either of these would never end.
        for endless in ["/dev/zero", "pipe"] {
            if endless == "pipe" { #expect(mkfifo(asof.folder.appending(path: "features/pipe").path, 0o600) == 0) }
            try files.createSymbolicLink(atPath: odd.path, withDestinationPath: endless)
            let refused = try await asof.run("plan")
            #expect(refused.code == 2 && refused.error.contains("it is no file but a pipe"), "\(refused.error)")
            try files.removeItem(at: odd)
        }

        // A folder of such a name is a folder, and a loop of folders is not followed.
        try files.createDirectory(at: odd, withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: odd.appending(path: "up").path, withDestinationPath: "../..")
        let folder = try await asof.run("plan")
        #expect(folder.code == 2 && folder.output.hasPrefix("Nothing has been applied yet"), "\(folder.error)")
    }

    @Test func aFileThatIsTooLargeIsOneMistake() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        try asof.write(String(repeating: "# twelve byte\n", count: 800_000), to: "features/large.yaml")
        let large = try await asof.run("plan")
        #expect(large.code == 2 && large.error.contains("error[AS0008]: the file has more than 4194304 bytes"), "\(large.error)")
        #expect(large.error.hasSuffix("\n1 mistake\n"))
    }
}
