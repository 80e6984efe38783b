package import FeatureDefs
import Oracle

/// The report as `asof verify --json` prints it, values as text: `3`, `NULL`, `'a'`.
package struct VerificationDocument: Encodable, Hashable, Sendable {
    package struct Finding: Encodable, Hashable, Sendable {
        package struct Answer: Encodable, Hashable, Sendable {
            package let way: String
            package let value: String
        }

        package struct Table: Encodable, Hashable, Sendable {
            package let name: String
            package let columns: [String]
            package let rows: [[String]]
        }

        /// The service or views that were verified together.
        package let subject: String
        package let way: String
        package let knowledge: KnowledgeMode
        /// `card_activity.spend_7d`; absent when the disagreement is not about one feature.
        package let feature: String?
        package let summary: String
        /// How the feature is defined, line by line.
        package let definition: [String]
        package let answers: [Answer]
        /// The fewest source rows that show it.
        package let sources: [Table]
        package let spine: Table
        /// What else it takes: the cut, the session's time zone.
        package let circumstances: [String]
        /// What finds it again.
        package let command: String
    }

    package let agrees: Bool
    package let seed: UInt64
    package let runs: Int
    package let valuesCompared: Int
    package let subjects: [String]
    package let ways: [String]
    /// What could not be verified, and why.
    package let notVerified: [String]
    package let finding: Finding?
}

extension VerificationReport {
    package func document(
        subjects: [VerificationSubject], ways: [String], notVerified: [String]
    ) -> VerificationDocument {
        VerificationDocument(
            agrees: finding == nil,
            seed: seed,
            runs: runs,
            valuesCompared: compared,
            subjects: subjects.map(\.title),
            ways: ways,
            notVerified: notVerified,
            finding: finding?.document
        )
    }
}

extension VerificationFinding {
    fileprivate var document: VerificationDocument.Finding {
        VerificationDocument.Finding(
            subject: subject.title,
            way: disagreement.way,
            knowledge: disagreement.knowledge,
            feature: feature?.description,
            summary: summary,
            definition: FindingDefinition(smallest, features: smallest.selection.features.map(\.reference)).lines,
            answers: answers.map { .init(way: $0.way, value: $0.text) },
            sources: smallest.tables.map { table in
                let views = smallest.selection.distinctViews.filter { $0.source.name == table.name }
                return table.shown(columns: Set(views.flatMap(\.columnsRead).map(\.name)))
            },
            spine: smallest.spine.table.shown(columns: Set(smallest.spine.columns.map(\.name)), name: "spine"),
            circumstances: circumstances,
            command: (["asof", "verify"] + subject.arguments + ["--seed", "\(seed)", "--runs", "1"]).joined(separator: " ")
        )
    }

    private var feature: SelectedFeature? {
        if case .value(_, let feature, _, _) = disagreement.kind { smallest.selection.features[feature] } else { nil }
    }

    private var summary: String {
        let spine = smallest.spine
        switch disagreement.kind {
        case .value(_, _, let expected, let found): return "`\(disagreement.way)` gives \(found.shown), not \(expected.shown)"
        case .rows(_, let found):
            let ordinals = found.map { spine.rows.indices.contains($0) ? spine.rows[$0][0].shown : "?" }.joined(separator: ", ")
            let expected = spine.rows.map { $0[0].shown }.joined(separator: ", ")
            return "for spine rows \(expected) `\(disagreement.way)` gives rows \(ordinals.isEmpty ? "none" : ordinals)"
        case .failed(let reason): return "`\(disagreement.way)` fails, though every row has its values: \(reason)"
        case .didNotFail(_, let reason): return "`\(disagreement.way)` gives values, though an expression fails: \(reason)"
        }
    }

    private var circumstances: [String] {
        var lines: [String] = []
        for view in smallest.selection.distinctViews where disagreement.knowledge == .asServed && view.schedule != nil {
            for row in smallest.spine.rows.indices {
                guard let time = smallest.spine.time(row) else { continue }
                lines.append(
                    "spine row \(smallest.spine.rows[row][0].shown) sees \(view.name) as of \(view.cut(at: time, knowledge: .asServed))"
                )
            }
        }
        if smallest.session.timeZone != SessionTraps.plain.timeZone { lines.append("TimeZone is \(smallest.session.timeZone)") }
        switch smallest.session.planner {
        case .asItIs: break
        case .sorting: lines.append("the planner sorts and merges (enable_hashjoin, enable_nestloop, enable_hashagg are off)")
        case .indexes: lines.append("the planner reads by an index on keys and time (enable_seqscan is off)")
        }
        return lines
    }
}

extension RandomTable {
    /// The columns that count, without those that are NULL in every row.
    fileprivate func shown(columns wanted: Set<String>, name: String? = nil) -> VerificationDocument.Finding.Table {
        let places = columns.indices.filter { place in
            wanted.contains(columns[place].name) && (rows.isEmpty || rows.contains { !$0[place].isNull })
        }
        return .init(
            name: name ?? self.name, columns: places.map { columns[$0].name },
            rows: rows.map { row in places.map { row[$0].shown } })
    }
}
