import Foundation

/// The commit that a project's files are from, as git has it.
enum CodeRevision {
    /// `<commit>`, with `+changes` when files of the folder differ from it; nil outside a repository, or without git.
    static func current(of folder: URL) async -> String? {
        guard let commit = await git(["rev-parse", "HEAD"], in: folder), !commit.isEmpty else { return nil }
        let changes = await git(["status", "--porcelain", "--", "."], in: folder) ?? ""
        return changes.isEmpty ? commit : commit + "+changes"
    }

    private static func git(_ arguments: [String], in folder: URL) async -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder.path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = try? output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data ?? Data(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
