import Foundation

/// Writes the report in all its forms into a folder: `report.json`, `.md`, `.xml` (JUnit), `.prom` and `.html`.
package struct SkewReportFolder {
    private let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Each file is replaced whole: a reader finds the old one or the new one.
    package func write(_ document: SkewDocument, drift: [DriftTab] = []) throws {
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let files = [
            ("report.json", String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"),
            ("report.md", SkewMarkdown(document).text), ("report.xml", SkewJUnit(document).text),
            ("report.prom", SkewMetrics(document).text), ("report.html", SkewPage(document, drift: drift).text),
        ]
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name), options: .atomic) }
    }
}
