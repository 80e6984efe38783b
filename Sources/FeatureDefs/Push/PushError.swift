/// Why rows cannot be pushed. Except for `computationFailed` and `unavailable`, none of them has been inserted.
package enum PushError: Error, Hashable, Sendable {
    case unknownTarget(String)
    /// A query, or a relation that is no table.
    case notATable(source: String)
    /// A view that is served by its schedule: a fresher row would be none that training has.
    case followsSchedule(view: String, source: String)
    case notServable(view: String, features: [String])
    /// No view of the source is served from pushes.
    case nothingToServe(source: String)
    case noRows
    case missingColumns([String], source: String)
    case unknownColumns([String], source: String, known: [String])
    case unequalColumns(name: String, count: Int, otherName: String, otherCount: Int)
    case wrongType(column: String, row: Int, expected: String)
    /// A key or an event timestamp that is NULL: no value would ever come of the row.
    case missingValue(column: String, row: Int)
    /// Another row has this key, event and created timestamp, and other values.
    case conflict(row: Int, createdColumn: String?)
    /// Pushed by a feature's name, which is not a plain column.
    case computedFeature(view: String, feature: String)
    /// Rows break what is marked `gate: true` of their source.
    case breaksExpectations(source: String, reason: String)
    /// Postgres refused the rows.
    case refused(reason: String)
    /// The rows are in the table, and an expression of the view fails on them.
    case computationFailed(view: String, reason: String)
    /// A store cannot be reached. Perhaps the rows are in the table: pushing them again is right.
    case unavailable(reason: String)
    /// Our own mistake.
    case failed(reason: String)
}

extension PushError {
    /// The same mistake in rows before which there are others: with its row counted from the first of all.
    package func movedDown(by rows: Int) -> PushError {
        switch self {
        case .wrongType(let column, let row, let expected): .wrongType(column: column, row: row + rows, expected: expected)
        case .missingValue(let column, let row): .missingValue(column: column, row: row + rows)
        case .conflict(let row, let createdColumn): .conflict(row: row + rows, createdColumn: createdColumn)
        case .unknownTarget, .notATable, .followsSchedule, .notServable, .nothingToServe, .noRows, .missingColumns,
            .unknownColumns,
            .unequalColumns, .computedFeature, .breaksExpectations, .refused, .computationFailed, .unavailable, .failed:
            self
        }
    }
}

extension PushError: CustomStringConvertible {
    /// Whether the rows were looked at and found wanting.
    package var isFailedCheck: Bool {
        if case .breaksExpectations = self { true } else { false }
    }

    /// Whether a store could not be reached, as opposed to the rows being wrong.
    package var isUnavailable: Bool {
        if case .unavailable = self { true } else { false }
    }

    package var description: String {
        switch self {
        case .unknownTarget(let name): "Unable to find push source '\(name)': there is no feature view and no source of that name"
        case .notATable(let source):
            "source `\(source)` is not a table, so no row can be inserted into it; push to what it reads from"
        case .followsSchedule(let view, let source):
            "`\(view)` has a schedule: what is served is its value at the last due instant, as in training. Push for the source alone "
                + "(`to: offline`, --offline-only), or to source `\(source)`, and `asof materialize` takes the rows online when they are due"
        case .notServable(let view, let features):
            "`\(view)` cannot be served: its window features (\(features.joined(separator: ", "))) need a `schedule`; push for the source alone (`to: offline`, --offline-only)"
        case .nothingToServe(let source):
            "no feature view of source `\(source)` is served from pushes: those with a `schedule` are served by it. Push for the source alone (`to: offline`, --offline-only)"
        case .noRows: "there is no row to push"
        case .missingColumns(let names, let source):
            "missing columns: \(names.joined(separator: ", ")); a row of source `\(source)` needs its keys and its event timestamp"
        case .unknownColumns(let names, let source, let known):
            "unknown columns: \(names.joined(separator: ", ")); the table of source `\(source)` has \(known.joined(separator: ", "))"
        case .unequalColumns(let name, let count, let otherName, let otherCount):
            "`\(name)` has \(count) rows, `\(otherName)` has \(otherCount)"
        case .wrongType(let column, let row, let expected): "row \(row) of `\(column)` is not \(expected)"
        case .missingValue(let column, let row): "row \(row) of `\(column)` is NULL: no value would ever come of the row"
        case .conflict(let row, let created?):
            "row \(row): the table has a row of this key, event timestamp and `\(created)`, with other values; a correction needs a "
                + "later `\(created)`, or none, which is now"
        case .conflict(let row, nil):
            "row \(row): the table has a row of this key and event timestamp, with other values; corrections need a source with a "
                + "`created_timestamp`"
        case .computedFeature(let view, let feature):
            "feature `\(feature)` of `\(view)` is computed, not a plain column: push the columns of its source, by POST /push"
        case .breaksExpectations(let source, let reason):
            "nothing was pushed: rows break what is expected of source `\(source)`: \(reason). Mend the rows, or what `expect` says"
        case .refused(let reason): "Postgres refused the rows: \(reason)"
        case .computationFailed(let view, let reason):
            "the rows were inserted, but computing `\(view)` failed: \(reason); guard the expression, for instance with nullif(x, 0)"
        case .unavailable(let reason): "\(reason); push the same rows again later, which is harmless"
        case .failed(let reason): reason
        }
    }
}
