import Foundation
import Glibc

/// The files that the servers write what they have to say to.
enum ServerLog {
    /// A log larger than this is put aside when its server starts.
    private static let rotateAboveBytes = 10 << 20

    /// Keeps one old log beside the new one, so that neither grows for ever.
    static func rotate(_ path: String) {
        var information = stat()
        guard stat(path, &information) == 0, information.st_size > rotateAboveBytes else { return }
        rename(path, path + ".old")
    }

    /// The last lines, errors first if there are any, without their time stamps' noise removed.
    static func lastLines(of path: String, count: Int) -> [String] {
        guard let file = try? FileHandle(forReadingFrom: URL(filePath: path)) else { return [] }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size > 8192 ? size - 8192 : 0)
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let failures = lines.filter { line in ["FATAL", "PANIC", "error", "Fatal"].contains { line.contains($0) } }
        return Array((failures.isEmpty ? lines : failures).suffix(count))
    }
}
