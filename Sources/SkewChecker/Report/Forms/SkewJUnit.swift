/// The report as JUnit XML: a suite for each service and plan, a case for each feature, so that a build server shows it.
package struct SkewJUnit {
    private let document: SkewDocument

    package init(_ document: SkewDocument) {
        self.document = document
    }

    package var text: String {
        let features = document.services.flatMap(\.features)
        let late = document.sources.filter { $0.verdict == .fail }
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites name=\"asof skew\" tests=\"\(features.count + late.count)\" "
                + "failures=\"\(Self.count(.fail, features) + late.count)\" "
                + "skipped=\"\(Self.count(.inconclusive, features))\">",
        ]
        for service in document.services {
            let name = Markup.escaped("\(service.service) \(service.planFingerprint.prefix(12))")
            lines.append(
                "  <testsuite name=\"\(name)\" tests=\"\(service.features.count)\" "
                    + "failures=\"\(Self.count(.fail, service.features))\" skipped=\"\(Self.count(.inconclusive, service.features))\" "
                    + "timestamp=\"\(Markup.escaped(document.checkedAt))\">")
            for feature in service.features { lines += Self.testCase(feature, of: service.service) }
            lines.append("  </testsuite>")
        }
        if !late.isEmpty {
            lines.append("  <testsuite name=\"sources\" tests=\"\(late.count)\" failures=\"\(late.count)\" skipped=\"0\">")
            for source in late {
                let name = Markup.escaped(source.source)
                lines += [
                    "    <testcase classname=\"sources\" name=\"\(name)\">",
                    "      <failure message=\"\(source.missed) rows came later than declared\" type=\"lateness\">"
                        + "\(Markup.escaped(source.proposal.map { "declare \($0)" } ?? ""))</failure>",
                    "    </testcase>",
                ]
            }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
    }

    private static func count(_ verdict: SkewVerdict, _ features: [SkewDocument.Feature]) -> Int {
        features.count { $0.verdict == verdict }
    }

    private static func testCase(_ feature: SkewDocument.Feature, of service: String) -> [String] {
        let head = "    <testcase classname=\"\(Markup.escaped(service))\" name=\"\(Markup.escaped(feature.feature))\""
        let summary = "\(feature.different) of \(feature.compared) values differ"
        switch feature.verdict {
        case .pass: return [head + "/>"]
        case .inconclusive:
            let needed = feature.needed.map { ", \($0) more values would decide" } ?? ""
            return [head + ">", "      <skipped message=\"\(Markup.escaped(summary + needed))\"/>", "    </testcase>"]
        case .fail:
            let causes = feature.causes.map { "\($0.count) \($0.code): \($0.words)" }.joined(separator: "\n")
            return [
                head + ">",
                "      <failure message=\"\(Markup.escaped(summary))\" type=\"\(Markup.escaped(feature.causes.first?.code ?? "skew"))\">"
                    + "\(Markup.escaped(causes))</failure>",
                "    </testcase>",
            ]
        }
    }
}

/// Text for XML and HTML.
enum Markup {
    /// Also without the characters that XML cannot hold.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return result
    }
}
