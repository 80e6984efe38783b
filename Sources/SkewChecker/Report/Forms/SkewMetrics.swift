/// The report in Prometheus' text format, for the node exporter's textfile collector.
package struct SkewMetrics {
    private let document: SkewDocument

    package init(_ document: SkewDocument) {
        self.document = document
    }

    package var text: String {
        var lines = Self.head("asof_skew_verdict", "1 for the verdict of the last check.")
        for verdict in SkewVerdict.allCases {
            lines.append(
                "asof_skew_verdict{project=\"\(Self.escaped(document.project))\",verdict=\"\(verdict.rawValue)\"} "
                    + "\(document.verdict == verdict ? 1 : 0)")
        }
        let features = document.services.flatMap { service in service.features.map { (service, $0) } }
        func gauge(_ name: String, _ help: String, _ value: (SkewDocument.Feature) -> String) {
            lines += Self.head(name, help)
            for (service, feature) in features { lines.append("\(name){\(labels(service, feature))} \(value(feature))") }
        }
        gauge("asof_skew_compared", "Served values that were compared.") { "\($0.compared)" }
        gauge("asof_skew_different", "Served values that differ from what training computes.") { "\($0.different)" }
        gauge("asof_skew_lower_bound", "Of the share that differs: what a failure is decided by.") { "\($0.lowerBound)" }
        gauge("asof_skew_upper_bound", "Of the share that differs: what a pass is decided by.") { "\($0.upperBound)" }
        lines += Self.head("asof_skew_cause", "Served values that differ, by cause.")
        for (service, feature) in features {
            for cause in feature.causes {
                lines.append("asof_skew_cause{\(labels(service, feature)),cause=\"\(cause.code)\"} \(cause.count)")
            }
        }
        gauge("asof_skew_stale", "Values that had changed since the cut that the schedule has for them, of a share of the rows.")
        {
            "\($0.staleness.stale)"
        }
        lines += Self.head("asof_skew_source_missed", "Rows that came after the run that should have had them.")
        for source in document.sources where source.arrival != nil {
            lines.append(
                "asof_skew_source_missed{project=\"\(Self.escaped(document.project))\",source=\"\(Self.escaped(source.source))\"} "
                    + "\(source.missed)")
        }
        if let changes = document.changes {
            lines += Self.head("asof_skew_findings", "Findings, by what became of them in the last run.")
            for (state, findings) in [("opened", changes.opened), ("ongoing", changes.ongoing), ("closed", changes.closed)] {
                lines.append(
                    "asof_skew_findings{project=\"\(Self.escaped(document.project))\",state=\"\(state)\"} \(findings.count)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func labels(_ service: SkewDocument.Service, _ feature: SkewDocument.Feature) -> String {
        "project=\"\(Self.escaped(document.project))\",service=\"\(Self.escaped(service.service))\","
            + "plan=\"\(service.planFingerprint.prefix(12))\",feature=\"\(Self.escaped(feature.feature))\""
    }

    private static func head(_ name: String, _ help: String) -> [String] { ["# HELP \(name) \(help)", "# TYPE \(name) gauge"] }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
