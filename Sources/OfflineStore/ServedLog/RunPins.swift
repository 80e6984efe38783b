import FeatureDefs
import PostgresClient

/// For one joined view and each served row: which runs had to do with what was served, and what they could see.
///
/// Of `asof.materializations`: the run that wrote the stored row, and the newest of the view's definition that had finished by the
/// instant of serving, or wrote the row. Without a row read, the newest finished one stands for both.
struct RunPins {
    let project: String
    let view: FeatureViewPlan
    let index: Int
    let recordCut: String
    let recordRun: String

    static func recordCut(_ index: Int) -> String { "asof_record_cut_\(index + 1)" }
    static func newestCut(_ index: Int) -> String { "asof_newest_cut_\(index + 1)" }

    private static func name(_ what: String, _ index: Int) throws(PostgresError) -> SQLFragment {
        "\(try SQLIdentifier("asof_\(what)_\(index + 1)"))"
    }

    private func alias(_ what: String) throws(PostgresError) -> SQLFragment { "\(try SQLIdentifier("\(what)_\(index + 1)"))" }

    /// `asof_record_*`: of the stored row; `asof_newest_*`: of the newest run. Transactions modulo 2^32; -1 where none is recorded,
    /// as by an older asof or by a run that was killed.
    func columns() throws(PostgresError) -> [SQLFragment] {
        let (written, finished) = (try alias("written"), try alias("finished"))
        let cut: SQLFragment = "s.\(try SQLIdentifier(recordCut))"
        let run: SQLFragment = "s.\(try SQLIdentifier(recordRun))"
        // Rows are written before their run has finished.
        let isNewer: SQLFragment = """
            (\(cut) IS NOT NULL AND (\(finished).cut IS NULL OR (\(cut), coalesce(\(run), 0)) > (\(finished).cut, \(finished).run_id)))
            """
        func transaction(_ column: SQLFragment, when condition: SQLFragment) -> SQLFragment {
            """
            coalesce(CASE WHEN \(condition) THEN \(written).\(column) ELSE \(finished).\(column) END % 4294967296, -1)
            """
        }
        let isRead: SQLFragment = "\(cut) IS NOT NULL"
        return [
            "coalesce(\(cut), \(finished).cut) AS \(try Self.name("record_cut", index))",
            "\(transaction("next_transaction", when: isRead)) AS \(try Self.name("record_next", index))",
            "\(transaction("oldest_open_transaction", when: isRead)) AS \(try Self.name("record_oldest", index))",
            "CASE WHEN \(isNewer) THEN \(cut) ELSE \(finished).cut END AS \(try Self.name("newest_cut", index))",
            "\(transaction("next_transaction", when: isNewer)) AS \(try Self.name("newest_next", index))",
        ]
    }

    func joins() throws(PostgresError) -> SQLFragment {
        let (written, finished) = (try alias("written"), try alias("finished"))
        let isOfView: SQLFragment = """
            project = \(SQLLiteral(.string(project), type: .string)) AND view = \(SQLLiteral(.string(view.name), type: .string))
            """
        let fingerprint = SQLLiteral(.string(view.fingerprint), type: .string)
        // Of two definitions that differ in ttl or defaults alone, the rows are the same.
        return """

            LEFT JOIN asof.materializations AS \(written) ON \(written).run_id = s.\(try SQLIdentifier(recordRun))
            LEFT JOIN LATERAL (
                SELECT run_id, cut, next_transaction, oldest_open_transaction FROM asof.materializations
                WHERE \(isOfView) AND (fingerprint = \(fingerprint) OR layout_id IN (
                    SELECT layout_id FROM asof.view_layouts WHERE \(isOfView) AND fingerprint = \(fingerprint)))
                  AND finished_at <= s.\(try SQLIdentifier(SpineTable.timestamp))
                ORDER BY cut DESC, run_id DESC LIMIT 1
            ) AS \(finished) ON true
            """
    }

    /// What a step computes the view at.
    static func pin(
        _ step: LadderStep, of view: FeatureViewPlan, index: Int, isVersioned: Bool
    ) throws(PostgresError) -> ViewPin {
        func column(_ what: String) throws(PostgresError) -> SQLFragment { "s.\(try name(what, index))" }
        let record = try column("record_cut")
        let next = try isVersioned ? column("record_next") : nil
        switch step {
        case .record(let seesDoubtful):
            let oldest = try isVersioned ? column("record_oldest") : nil
            return ViewPin(cut: record, transaction: seesDoubtful ? next : oldest)
        case .newestRun:
            return ViewPin(cut: try column("newest_cut"), transaction: try isVersioned ? column("newest_next") : nil)
        case .newestRunEarlier(let shift):
            let newest = try column("newest_cut")
            return ViewPin(
                cut: "\(newest) - \(shift.sqlInterval)", known: newest, transaction: try isVersioned ? column("newest_next") : nil
            )
        case .arrivedSince:
            return ViewPin(cut: try column("newest_cut"))
        case .eventsShifted(let shift):
            // Events later by `shift` are visible at a cut earlier by it; a created timestamp stays what it is.
            let moved: SQLFragment = "\(record) - \(shift.sqlInterval)"
            return ViewPin(
                cut: moved, known: view.source.createdTimestamp == nil ? nil : record, transaction: next, eventShift: shift)
        case .cutEarlier(let shift):
            return ViewPin(cut: "\(record) - \(shift.sqlInterval)", known: record, transaction: next)
        case .contract, .fresh:
            preconditionFailure("the contract's own cut has no pin")
        }
    }
}
