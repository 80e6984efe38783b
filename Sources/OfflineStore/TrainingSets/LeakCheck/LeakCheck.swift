import Columnar
import FeatureDefs
import PostgresClient

/// Looks a training set over for features that know too much. Cheap: statistics, plans, and a sample of the rows.
struct LeakCheck: Sendable {
    let connection: PostgresConnection
    let request: TrainingRequest
    let schema: TrainingSchema
    let options: LeakCheckOptions

    func run(_ sample: ColumnTable, sources: [SourceMark]) async throws -> LeakCheckReport {
        let check = LabelCheck(sample: sample, schema: schema, request: request)
        let label = try check.label(named: options.label)
        var findings: [LeakFinding] = []
        if !options.isSpineMade {
            findings = try await LabelSourceCheck(connection: connection, request: request)
                .findings(label: label?.name ?? options.label)
        }
        for source in sources {
            guard let early = source.rowsKnownBeforeTheyHappened, let rows = source.rows, early > 0 else { continue }
            findings.append(
                LeakFinding(
                    kind: .knownBeforeItHappened,
                    subject: source.source,
                    description:
                        "\(early) of \(rows) rows of source `\(source.source)` became "
                        + "available before they happened; is its created timestamp right?"
                )
            )
        }
        var notChecked = sources.filter { $0.rows == nil }.map {
            "whether rows of source `\($0.source)` were known before they happened: reading all of them takes longer than the training set"
        }
        if let label {
            findings += check.findings(label)
        } else {
            let reason =
                options.label.map { "column `\($0)` does not have exactly two values" }
                ?? "no column of the spine, or more than one, has exactly two values; name it with --label"
            notChecked.append("whether a feature alone tells the label: \(reason)")
        }
        switch try await MicrosecondCheck(connection: connection, request: request, schema: schema).run(sample) {
        case .findings(let found): findings += found
        case .notChecked(let reason): notChecked.append(reason)
        }
        return LeakCheckReport(
            label: label?.name, sampledRows: sample.rowCount, findings: findings, notChecked: notChecked)
    }
}
