import FeatureDefs

/// What is read of one source for the views that have it and the same join keys: once for all of them.
struct SourceRead: Sendable {
    let source: SourcePlan
    /// A view, and which of the selection's it is.
    struct View: Hashable, Sendable {
        let index: Int
        let plan: FeatureViewPlan
    }

    /// The spine's columns, in order of the source's, so that views that list their entities in another order share the read.
    let keys: [JoinKey]
    let keyColumns: [ColumnReference]
    private(set) var views: [View] = []
    /// The values to read, by place. Each is computed by Postgres, or from the columns that it reads.
    private(set) var values: [TypedExpression<ColumnReference>] = []

    /// The reads that a selection takes.
    static func plan(_ views: [JoinedView]) -> [SourceRead] {
        var reads: [SourceRead] = []
        for (index, joined) in views.enumerated() {
            let read = SourceRead(joined)
            let view = View(index: index, plan: joined.view)
            let same = reads.firstIndex {
                $0.source == read.source && $0.keyColumns == read.keyColumns && $0.keys == read.keys
            }
            if let same {
                reads[same].add(view)
            } else {
                reads.append(read)
                reads[reads.count - 1].add(view)
            }
        }
        return reads
    }

    private init(_ joined: JoinedView) {
        let pairs = zip(joined.joinKeys, joined.view.joinKeyColumns).sorted { $0.1.name < $1.1.name }
        source = joined.view.source
        keys = pairs.map(\.0)
        keyColumns = pairs.map(\.1)
    }

    private mutating func add(_ added: View) {
        views.append(added)
        let view = added.plan
        if let filter = view.filter { add(filter) }
        for feature in view.features {
            switch feature.computation {
            case .latest(let expression, let filter):
                add(expression)
                if let filter { add(filter) }
            case .window(_, let argument, _, let filter):
                if let argument { add(argument) }
                if let filter { add(filter) }
            }
        }
        if view.features.contains(where: \.computation.needsTieBreak) {
            for column in view.tieBreakColumns { add(TypedExpression(.input(column), type: column.storage.featureType)) }
        }
        if let created = source.createdTimestamp { add(TypedExpression(.input(created), type: .timestamp)) }
    }

    private mutating func add(_ value: TypedExpression<ColumnReference>) {
        if !values.contains(value) { values.append(value) }
    }

    /// Where a value stands among those read.
    func place(of value: TypedExpression<ColumnReference>) -> Int {
        guard let place = values.firstIndex(of: value) else { preconditionFailure("a read has all that its views need") }
        return place
    }

    func place(of column: ColumnReference) -> Int {
        place(of: TypedExpression(.input(column), type: column.storage.featureType))
    }
}
