import OfflineStore

/// A reproduction's outcome for a terminal.
struct ReproductionText {
    private let report: ReproductionReport
    private let name: String

    init(_ report: ReproductionReport, name: String) {
        self.report = report
        self.name = name
    }

    var text: String {
        (verdict + columns + sources + remarks).joined(separator: "\n")
    }

    private var verdict: [String] {
        guard report.isReproduced else {
            let rows =
                report.rowsAre == report.rowsWere
                ? "\(report.rowsWere) rows, as before" : "\(report.rowsAre) rows, where there were \(report.rowsWere)"
            return [
                "NOT REPRODUCED: \(name): \(rows); content \(report.contentWas.prefix(12)) is \(report.contentIs.prefix(12)) now"
            ]
        }
        let bytes = report.hasSameBytes == true ? ", byte for byte" : ""
        return ["reproduced: \(name): \(report.rowsWere) rows, content \(report.contentWas.prefix(12))\(bytes)"]
    }

    private var columns: [String] {
        report.columns.flatMap { change in
            var line = "  \(change.isSpine ? "spine column" : "feature") \(change.column): "
            line += change.rows.map { "\($0) of \(report.rowsWere) rows differ" } ?? "differs"
            if change.nullsAre != change.nullsWere { line += "; \(change.nullsAre) are NULL, \(change.nullsWere) were" }
            return [line] + change.examples.map { "    row \($0.rowInA): was \($0.a ?? "NULL"), is \($0.b ?? "NULL")" }
        }
    }

    private var sources: [String] {
        report.sources.map { change in
            var parts: [String] = []
            if change.rowsAre != change.rowsWere {
                parts.append("\(change.rowsAre) rows as of the same instant, where there were \(change.rowsWere)")
            }
            if change.maxAvailableIs != change.maxAvailableWas {
                parts.append("the newest is of \(change.maxAvailableIs ?? "never"), was of \(change.maxAvailableWas ?? "never")")
            }
            if parts.isEmpty { parts.append("rows were changed") }
            return "  source \(change.source): \(parts.joined(separator: "; "))"
        }
    }

    private var remarks: [String] {
        var lines: [String] = []
        if report.isReproduced, report.hasSameBytes == false {
            lines.append("  the content is equal, but the file's bytes are not: another version writes the format in another way")
        }
        if report.originalIsIntact == false {
            lines.append("  the file beside the manifest has been changed since: it no longer holds what the manifest says")
        }
        if report.engineWas != report.engineIs {
            lines.append("  made by asof \(report.engineWas); this is asof \(report.engineIs)")
        }
        if !report.hasSameSpine {
            lines.append("  the spine holds other rows than it did: the n-th row is compared with the n-th")
        } else if !report.isReproduced, report.columns.allSatisfy({ !$0.isSpine }), report.sources.isEmpty {
            lines.append(
                report.sourcesWereCounted
                    ? "  the spine and the number of source rows are as before: rows were rewritten in place"
                    : "  the spine is as before: source rows were rewritten or deleted")
        }
        return lines
    }
}
