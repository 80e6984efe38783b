import Foundation
import Testing

/// Compares a text with `Golden/<name>`. `UPDATE_GOLDEN=1` writes the file instead; then read the diff.
func expectGolden(_ actual: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(actual.utf8).write(to: url)
        return
    }
    let expected = try String(contentsOf: url, encoding: .utf8)
    #expect(
        actual == expected, "golden file \(name) differs; rerun with UPDATE_GOLDEN=1 and read the diff",
        sourceLocation: sourceLocation
    )
}
