import FeatureDefs
import Foundation
import FoundationXML
import OfflineStore
import Testing

@testable import SkewChecker

/// Every form of the report is made from the one document, whatever names and values are in it.
@Suite struct SkewReportFormsTests {
    private static let hostile = "a<b>&\"'|`\u{1}\n</script>"

    /// A feature with two causes, one that is clean and one too young to judge.
    static let document = SkewDocument(
        layoutVersion: SkewDocument.currentLayout, run: 12, project: hostile, since: "2024-03-01T00:00:00Z",
        checkedAt: "2024-03-02T00:00:00Z", verdict: .fail,
        limits: .init(rate: 0.001, alpha: 0.01, staleRate: nil), compared: 30_000, different: 700,
        services: [
            .init(
                service: "fraud_v1", planFingerprint: "0123456789abcdef", rows: 10_000, joinKeys: ["card_id", hostile],
                features: [
                    feature("spend_7d", .fail, different: 700), feature("count_7d", .pass, different: 0),
                    feature(hostile, .inconclusive, different: 0),
                ])
        ],
        losses: [
            .init(
                service: "fraud_v1", cause: .queueFull, host: hostile, rows: 3, first: "2024-03-01T00:00:00Z",
                last: "2024-03-01T01:00:00Z")
        ],
        sources: [
            .init(
                source: hostile, views: ["card_activity"], verdict: .fail, declaredDelay: "0s", declaredLag: "5m",
                recorded: nil,
                arrival: .init(rows: 100, shares: SourceLateness.shares, lateness: ["0s", "0s", "1h", "2h", "3h"]), missed: 20,
                proposal: "delay: 3h")
        ],
        changes: .init(
            previousRun: 11, previousAt: "2024-02-29T00:00:00Z", previousVerdict: .pass,
            verdicts: [.init(service: "fraud_v1", feature: "spend_7d", from: .pass, to: .fail)],
            opened: [finding(3, nil)], ongoing: [finding(2, nil)], closed: [finding(1, hostile)]),
        next: "asof explain a.b --keys 'card_id=\(hostile)'")

    private static func finding(_ id: Int64, _ why: String?) -> SkewDocument.Finding {
        .init(
            id: id, service: "fraud_v1", feature: hostile, code: "late_data", words: "rows arrived after the run",
            openedAt: "2024-02-28T00:00:00Z", nights: 2, count: 600, total: 900, closedWhy: why)
    }

    private static func feature(_ name: String, _ verdict: SkewVerdict, different: Int) -> SkewDocument.Feature {
        let example = SkewDocument.Example(
            servedID: 7, servedAt: "2024-03-01T10:20:00Z", host: "h", keys: [hostile, nil], served: nil, status: .nullValue,
            recomputed: hostile)
        let causes = [
            SkewDocument.Cause(
                code: "late_data", words: "rows arrived after the run", count: different * 6 / 7, first: "2024-03-01T10:00:00Z",
                last: "2024-03-01T11:00:00Z", examples: [example], explain: "asof explain a.b --keys card_id=7"),
            SkewDocument.Cause(
                code: "transform_or_write/float32", words: "rounded to float32", count: different / 7,
                first: "2024-03-01T10:00:00Z", last: "2024-03-01T11:00:00Z", examples: [example], explain: nil),
        ]
        return .init(
            feature: name, type: "float64", isSensitive: false, verdict: verdict, compared: 10_000, equal: 10_000 - different,
            different: different,
            mismatchRate: Double(different) / 10_000, interval: [0.06, 0.08], lowerBound: 0.06, upperBound: 0.08,
            effectiveCount: 10_000, needed: verdict == .inconclusive ? 4503 : nil, causes: different > 0 ? causes : [],
            hours: (0..<24).map { hour in
                .init(
                    hour: "2024-03-01T\(hour < 10 ? "0" : "")\(hour):00:00Z", compared: 416,
                    different: different > 0 && hour >= 10 && hour < 14 ? 100 + hour : 0,
                    interval: different > 0 && hour >= 10 && hour < 14 ? [0.2, 0.3] : [0, 0.01])
            },
            hosts: [.init(host: "h", compared: 10_000, different: different)], ageEnds: AgeHistogram.ends,
            ageCounts: AgeHistogram.ends.indices.map { $0 > 7 && $0 < 14 ? 100 * $0 : 0 } + [0], overdue: 3,
            staleness: .init(compared: 300, stale: 30, interval: [0.07, 0.14], verdict: .pass),
            pairs: (0..<200).map { index in
                let value = Double(index * 37 % 200) * 1.5
                return .init(
                    served: different > 0 && index % 9 == 0 ? value * 0.6 : value, recomputed: value,
                    isEqual: different == 0 || index % 9 != 0)
            })
    }

    private final class Elements: NSObject, XMLParserDelegate {
        var names: [String] = []
        var attributes: [[String: String]] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes values: [String: String]
        ) {
            names.append(name)
            attributes.append(values)
        }
    }

    @Test func junitIsXMLWithAFailureForEachFailingFeature() throws {
        let elements = Elements()
        let parser = XMLParser(data: Data(SkewJUnit(Self.document).text.utf8))
        parser.delegate = elements
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(elements.names.count { $0 == "testcase" } == 4)
        #expect(elements.names.count { $0 == "failure" } == 2 && elements.names.count { $0 == "skipped" } == 1)
        #expect(elements.attributes[0] == ["name": "asof skew", "tests": "4", "failures": "2", "skipped": "1"])
    }

    @Test func metricsHaveOneLineForEachValue() throws {
        let lines = SkewMetrics(Self.document).text.split(separator: "\n")
        for line in lines where !line.hasPrefix("#") {
            #expect(line.wholeMatch(of: #/[a-z_]+\{([a-z]+="(\\.|[^"\\])*",?)*\} [0-9.e-]+/#) != nil, "\(line)")
        }
        #expect(lines.contains { $0.contains("feature=\"spend_7d\",cause=\"late_data\"} 600") })
        #expect(lines.count { $0.hasPrefix("asof_skew_verdict{") } == 3)
    }

    @Test func markdownKeepsItsTable() {
        let lines = SkewMarkdown(Self.document).text.split(separator: "\n").filter { $0.hasPrefix("| ") }
        #expect(lines.count == 4)
        for line in lines {
            #expect(line.replacing("\\|", with: "").count { $0 == "|" } == 8, "\(line)")
        }
    }

    @Test func thePageIsWholeAndAsksForNothing() {
        let page = SkewPage(Self.document).text
        #expect(!page.contains("<script") && !page.contains("http") && !page.contains("<b>") && !page.contains("</script>"))
        #expect(page.count(of: "<svg") == page.count(of: "</svg>") && page.count(of: "<svg") == 10)
        #expect(page.count(of: "<details") == 3 && page.count(of: " open>") == 1)
        #expect(page.contains("prefers-color-scheme:dark") && page.contains("width=device-width"))
    }

    @Test func theFolderHasEveryFormAndTheDocumentComesBack() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "asof-report-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try SkewReportFolder(folder.path).write(Self.document)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["report.html", "report.json", "report.md", "report.prom", "report.xml"])
        let data = try Data(contentsOf: folder.appending(path: "report.json"))
        #expect(try JSONDecoder().decode(SkewDocument.self, from: data) == Self.document)
        if let kept = ProcessInfo.processInfo.environment["ASOF_KEEP_REPORT"] { try SkewReportFolder(kept).write(Self.document) }
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
