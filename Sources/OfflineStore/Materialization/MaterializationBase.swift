package import FeatureDefs

/// A run that the next one may start from, as far as the record of runs tells.
package struct RecordedBase: Hashable, Sendable {
    let view: String
    package let run: UInt32
    package let cut: Timestamp
    let state: SourceState
}

/// The run that an incremental one starts from: all that it wrote is in the online store.
package struct MaterializationBase: Hashable, Sendable {
    let project: String
    package let run: UInt32
    package let cut: Timestamp
    package let state: SourceState
    /// nil when its run kept no counts.
    package let rows: SourceRowCounts?

    package init(project: String, run: UInt32, cut: Timestamp, state: SourceState, rows: SourceRowCounts?) {
        self.project = project
        self.run = run
        self.cut = cut
        self.state = state
        self.rows = rows
    }
}

/// Why a run computes every entity, and not only those that may have changed.
package enum FullRunReason: Hashable, Sendable, CustomStringConvertible {
    case asked
    case firstRun
    /// The rows in the online store are of another definition.
    case definitionChanged
    /// A query, a view, a foreign table: its rows do not say when they came.
    case sourceKeepsNoVersions
    /// TRUNCATE, a rewrite, a partition that came or went: rows may be gone without a trace.
    case sourceWasRewritten
    /// In more places than it is worth to look for.
    case rowsWereRewritten
    /// More transactions since than row versions can tell apart, or fewer than none: another database.
    case baseIsNotComparable
    /// The online store does not have the mark of the last run: it lost data, or is another one.
    case onlineStoreLostRun
    /// The run is for an instant before the last one's.
    case earlierThanLastRun
    /// A run that came after the last one from which to start was cut short, or rows of others outranked its own, or it was a
    /// reconciliation that mended something: what it left online is not known.
    case lastRunDoesNotCount

    package var description: String {
        switch self {
        case .asked: "asked for"
        case .firstRun: "the first run"
        case .definitionChanged: "the definition changed"
        case .sourceKeepsNoVersions: "the source is not a table"
        case .sourceWasRewritten: "the source was rewritten"
        case .rowsWereRewritten: "many rows were updated or deleted"
        case .baseIsNotComparable: "the last run was on another database, or too long ago"
        case .onlineStoreLostRun: "Redis lacks the last run"
        case .earlierThanLastRun: "it is for an earlier cut than the last run"
        case .lastRunDoesNotCount:
            "the last run was cut short, was for an earlier cut, or was a reconciliation that mended something"
        }
    }
}

/// Which entities a run computes.
package enum MaterializationScope: Hashable, Sendable {
    case everyEntity(FullRunReason)
    /// Those whose value may have changed since the base's run.
    case changed(since: MaterializationBase)
    /// These, each with the values of the view's join keys, none of which is NULL.
    case entities([[FeatureValue]])

    package var isFull: Bool { fullRunReason != nil }

    package var fullRunReason: FullRunReason? {
        switch self {
        case .everyEntity(let reason): reason
        case .changed, .entities: nil
        }
    }
}

extension MaterializationScope {
    /// Transaction numbers in rows have 32 bits and wrap around; half of that is safe to compare.
    private static let comparableTransactions: Int64 = 1 << 31

    /// What is left of a wish to start from `self`, once the source's state is known.
    func checked(against state: SourceState) -> MaterializationScope {
        switch self {
        case .everyEntity, .entities: return self
        case .changed(let base):
            guard let storage = state.storage else { return .everyEntity(.sourceKeepsNoVersions) }
            guard storage == base.state.storage else { return .everyEntity(.sourceWasRewritten) }
            let passed = state.nextTransaction - base.state.oldestOpenTransaction
            guard state.nextTransaction >= base.state.nextTransaction, passed < Self.comparableTransactions else {
                return .everyEntity(.baseIsNotComparable)
            }
            return self
        }
    }
}
