import Columnar
import FeatureDefs
import PostgresClient

/// Looks a training set over for features that know too much. Cheap, unless it is to be strict: statistics, plans, and a sample of
/// the rows.
struct LeakCheck: Sendable {
    let connection: PostgresConnection
    let request: TrainingRequest
    let options: LeakCheckOptions

    /// The last thing that a transaction does.
    func run(_ sample: LeakSample, sources: [SourceMark]) async throws -> LeakCheckReport {
        let label = sample.label
        try refuseUnknownLabel(sample.schema)
        var report = LeakCheckReport(label: label?.name, sampledRows: sample.table.rowCount)
        if !options.isSpineMade {
            report.findings = try await LabelSourceCheck(connection: connection, request: request)
                .findings(label: label?.name ?? options.label)
        }
        checkTimes(of: sources, &report)
        checkSeparation(of: label, sample.schema, &report)
        let microsecond = MicrosecondCheck(
            connection: connection, request: request.computingWhatIsRead, schema: sample.schema, isPatient: options.isStrict)
        switch try await microsecond.run(sample.rows) {
        case .findings(let found): report.findings += found
        case .inconclusive(let reason): report.inconclusive.append("whether values change within a microsecond: \(reason)")
        }
        return report
    }

    private func refuseUnknownLabel(_ schema: TrainingSchema) throws(TrainingError) {
        let columns = schema.columns.filter { !$0.isFeature }.map(\.name)
        guard let label = options.label, !columns.contains(label) else { return }
        throw .noSuchLabel(label, available: columns)
    }

    private func checkTimes(of sources: [SourceMark], _ report: inout LeakCheckReport) {
        for source in sources {
            if let early = source.rowsKnownBeforeTheyHappened, let rows = source.rows, early > 0 {
                report.findings.append(
                    LeakFinding(
                        kind: .knownBeforeItHappened,
                        subject: source.source,
                        description:
                            "\(early) of \(rows) rows of source `\(source.source)` became "
                            + "available before they happened; is its created timestamp right?"
                    )
                )
            }
            if source.rows == nil, hasCreatedTimestamp(source) {
                report.inconclusive.append(
                    "whether rows of source `\(source.source)` were known before they happened: reading all of them takes "
                        + "longer than the training set")
            }
        }
    }

    /// Without one, no row is known before it happens.
    private func hasCreatedTimestamp(_ mark: SourceMark) -> Bool {
        request.selection.distinctViews.contains { $0.source.name == mark.source && $0.source.createdTimestamp != nil }
    }

    private func checkSeparation(
        of label: LabelSample.Label?, _ schema: TrainingSchema, _ report: inout LeakCheckReport
    ) {
        guard let label else {
            // A spine that was made has no label.
            if options.isSpineMade { return }
            let reason =
                options.label.map { "column `\($0)` does not have exactly two values" }
                ?? "no column of the spine, or more than one, has exactly two values; name it with --label"
            report.notChecked.append("whether a feature alone tells the label: \(reason)")
            return
        }
        guard let outcome = LabelCheck(label: label, schema: schema, types: request.selection.types).run() else {
            let rows = min(label.counts.negatives, label.counts.positives)
            report.inconclusive.append(
                "whether a feature alone tells `\(label.name)`: one of its values has \(rows) row\(rows == 1 ? "" : "s"), "
                    + "of \(LabelSeparation.leastRowsOfAClass) that it takes")
            return
        }
        report.findings += outcome.findings
        guard !outcome.unordered.isEmpty else { return }
        let names = outcome.unordered.map { "`\($0)`" }.joined(separator: ", ")
        report.notChecked.append(
            "whether \(names) alone tell\(outcome.unordered.count == 1 ? "s" : "") `\(label.name)`: more than "
                + "\(LabelSeparation.mostCategories) different values that are no numbers")
    }
}
