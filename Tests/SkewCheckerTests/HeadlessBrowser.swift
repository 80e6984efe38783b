import Foundation
import TestSupport
import Testing

/// Chromium without a window, which scripts/install-dependencies installs. It has no network in these tests: a page that asks for something
/// fails.
struct HeadlessBrowser {
    private let program: URL

    init() throws {
        let names = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        let found = names.first { FileManager.default.isExecutableFile(atPath: $0) }
        program = URL(filePath: try #require(found, "there is no chromium: run scripts/install-dependencies"))
    }

    /// The document after its scripts have run, and what it wrote to the console.
    func open(_ html: String, isDark: Bool, screenshot: URL? = nil, size: String = "1500,1200") async throws
        -> (document: String, console: [String])
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "asof-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = folder.appending(path: "page.html")
        try Data(html.utf8).write(to: page)
        var arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--user-data-dir=\(folder.path)/profile", "--enable-logging=stderr", "--hide-scrollbars", "--window-size=\(size)",
            "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=10000",
            "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)",
        ]
        arguments.append(screenshot.map { "--screenshot=\($0.path)" } ?? "--dump-dom")
        arguments.append(page.absoluteString)
        let output = folder.appending(path: "output.txt")
        let errors = folder.appending(path: "errors.txt")
        for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["HOME": folder.path]) { $1 }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.runAlone() } catch { continuation.resume(throwing: error) }
        }
        let said = try String(contentsOf: errors, encoding: .utf8)
        #expect(status == 0, "\(said.suffix(2000))")
        return (
            try String(contentsOf: output, encoding: .utf8),
            said.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
        )
    }
}
