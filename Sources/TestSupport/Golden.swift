import Foundation

/// Texts that are committed beside the tests, under `Tests/<Target>/Golden`.
package enum Golden {
    /// What is wrong with a text; nil when it is the committed one. `UPDATE_GOLDEN=1` writes the file instead; then read the diff.
    ///
    /// - Parameter file: any file of the test target.
    package static func complaint(about actual: String, _ name: String, of file: String) throws -> String? {
        var folder = URL(filePath: file).deletingLastPathComponent()
        while folder.deletingLastPathComponent().lastPathComponent != "Tests", folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        let url = folder.appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(actual.utf8).write(to: url)
            return nil
        }
        let expected = try? String(contentsOf: url, encoding: .utf8)
        return actual == expected ? nil : "golden file \(name) differs; rerun with UPDATE_GOLDEN=1 and read the diff"
    }
}
