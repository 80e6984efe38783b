/// Something that a plan reads and the database no longer has as the plan knows it.
package enum PlanMisfit: Hashable, Sendable, CustomStringConvertible {
    case source(String, reason: String)
    case missingColumn(source: String, column: String)
    case changedColumn(source: String, column: String, was: ColumnStorage, isNow: String)

    package var description: String {
        switch self {
        case .source(let source, let reason): "source `\(source)`: \(reason)"
        case .missingColumn(let source, let column): "source `\(source)` has no column `\(column)` any more"
        case .changedColumn(let source, let column, let was, let isNow):
            "column `\(column)` of source `\(source)` was \(was) and is \(isNow) now"
        }
    }
}

extension Plan {
    /// The relations that the plan's views read, each once.
    package var sourceRequests: [ParsedProject.SourceRequest] {
        Set(featureViews.map(\.source)).sorted { $0.name < $1.name }.map { .init(name: $0.name, relation: $0.relation) }
    }

    /// What of the plan does not fit the database; empty when it can be computed as it stands.
    package func misfits(in catalogue: Catalogue) -> [PlanMisfit] {
        var misfits: [PlanMisfit] = []
        for view in featureViews {
            let found = view.misfits(in: catalogue)
            misfits += found.filter { !misfits.contains($0) }
        }
        return misfits
    }
}

extension FeatureViewPlan {
    /// Every column of the source that the view reads, by name.
    var columnsRead: [ColumnReference] {
        var columns = Set(joinKeyColumns + [source.eventTimestamp])
        columns.formUnion(source.createdTimestamp.map { [$0] } ?? [])
        columns.formUnion(filter?.inputs ?? [])
        for feature in features {
            columns.formUnion(feature.computation.argument?.inputs ?? [])
            columns.formUnion(feature.computation.filter?.inputs ?? [])
        }
        return columns.sorted { $0.name < $1.name }
    }

    /// What of the view does not fit the database.
    package func misfits(in catalogue: Catalogue) -> [PlanMisfit] {
        switch catalogue.sources[source.name] {
        case nil: return [.source(source.name, reason: "was not looked up")]
        case .missing(let reason, _): return [.source(source.name, reason: reason)]
        case .invalidQuery(let message, _): return [.source(source.name, reason: message)]
        case .columns(let columns):
            return columnsRead.compactMap { column in
                guard let found = columns.first(where: { $0.name == column.name }) else {
                    return .missingColumn(source: source.name, column: column.name)
                }
                guard found.storage != column.storage else { return nil }
                return .changedColumn(
                    source: source.name, column: column.name, was: column.storage, isNow: found.databaseType)
            }
        }
    }
}
