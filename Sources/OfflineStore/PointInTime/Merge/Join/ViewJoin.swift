import AsOfJoin
import Columnar
import Evaluation
import FeatureDefs

/// One feature view, joined with the points of a spine: from what was read of its source to a column for each feature.
struct ViewJoin: Sendable {
    let view: FeatureViewPlan
    private let content: SourceContent
    private(set) var join: AsOfJoin
    private let groups: [LatestGroup]
    /// By feature of the view: which group of `latest` features or which window of the join it is.
    private var latestIndex: [Int: Int] = [:]
    private var windowIndex: [Int: Int] = [:]
    private var watches: [Watch] = []
    private var maskPlaces: [MaskPlaces: Int] = [:]

    /// A value that could not be computed on some rows: whoever sees one of them has an error.
    private struct Watch: Sendable {
        /// A feature of the view that it is an error for.
        let feature: Int
        /// Into `content.failures`.
        let place: Int
        /// Into the join's `latest` or its `windows`.
        let index: Int
        let isWindow: Bool
    }

    /// What a mask is made from: places of conditions among the values of the read.
    private struct MaskPlaces: Hashable {
        let viewFilter: Int?
        let filter: Int?
    }

    init(_ view: FeatureViewPlan, content: SourceContent, rows: TimedRows, points: SpinePoints) {
        self.view = view
        self.content = content
        join = AsOfJoin(rows: rows, points: points)
        groups = view.latestGroups
        for (index, group) in groups.enumerated() {
            for feature in group.features { latestIndex[feature] = index }
            join.latest.append(AsOfJoin.Latest(mask: mask(group.filter), ttl: ttlAtCut))
        }
        for (index, feature) in view.features.enumerated() {
            guard case .window(let function, let argument, let length, let filter) = feature.computation else { continue }
            windowIndex[index] = join.windows.count
            join.windows.append(
                AsOfJoin.Window(
                    function: function,
                    argument: argument.map { self.argument($0) },
                    mask: mask(filter),
                    length: length.microseconds
                ))
        }
        watchFailures()
    }

    /// The ttl, where it is judged at the points: at the spine rows' own times.
    private var ttlAtCut: Int64? { join.points.cutsAreTimes ? view.ttl?.microseconds : nil }

    private var filterPlace: Int? { view.filter.map { content.read.place(of: $0) } }

    private mutating func argument(_ value: TypedExpression<ColumnReference>) -> Int {
        let place = content.read.place(of: value)
        if let index = argumentPlaces.firstIndex(of: place) { return index }
        argumentPlaces.append(place)
        join.arguments.append(content.values[place])
        return argumentPlaces.count - 1
    }
    private var argumentPlaces: [Int] = []

    private mutating func mask(_ filter: TypedExpression<ColumnReference>?) -> Int? {
        let places = MaskPlaces(viewFilter: filterPlace, filter: filter.map { content.read.place(of: $0) })
        if places.viewFilter == nil, places.filter == nil { return nil }
        if let index = maskPlaces[places] { return index }
        guard let mask = RowMask.both(condition(places.viewFilter), condition(places.filter)) else { return nil }
        join.masks.append(mask)
        maskPlaces[places] = join.masks.count - 1
        return join.masks.count - 1
    }

    private func condition(_ place: Int?) -> RowMask? {
        guard let place else { return nil }
        guard case .bool(let cells) = content.values[place] else { preconditionFailure("a filter is a condition") }
        return RowMask(cells)
    }

    // MARK: Failures

    /// Rows on which something failed count where the row would have counted. A filter's failure counts for every feature that it
    /// decides on; an argument's only on rows that pass.
    private mutating func watchFailures() {
        guard content.failures.contains(where: { !$0.isEmpty }) else { return }
        for group in groups {
            for place in [filterPlace, group.filter.map({ content.read.place(of: $0) })].compactMap({ $0 }) {
                guard let failed = failedRows(place, passing: nil) else { continue }
                join.latest.append(AsOfJoin.Latest(mask: failed, ttl: ttlAtCut))
                watches.append(
                    Watch(feature: group.features.first ?? 0, place: place, index: join.latest.count - 1, isWindow: false))
            }
        }
        for (index, feature) in view.features.enumerated() {
            guard case .window(_, let argument, let length, let filter) = feature.computation else { continue }
            let filters = [filterPlace, filter.map { content.read.place(of: $0) }].compactMap { $0 }
            for place in filters { watch(place, of: index, passing: nil, length: length) }
            if let argument { watch(content.read.place(of: argument), of: index, passing: mask(filter), length: length) }
        }
    }

    private mutating func watch(_ place: Int, of feature: Int, passing mask: Int?, length: Period) {
        guard let failed = failedRows(place, passing: mask) else { return }
        join.windows.append(
            AsOfJoin.Window(function: .first, argument: nil, mask: failed, length: length.microseconds))
        watches.append(Watch(feature: feature, place: place, index: join.windows.count - 1, isWindow: true))
    }

    /// A mask of the rows on which a value failed; nil for none.
    private mutating func failedRows(_ place: Int, passing mask: Int?) -> Int? {
        let failures = content.failures[place]
        if failures.isEmpty { return nil }
        var passes = ContiguousArray(repeating: false, count: content.rowCount)
        for row in failures.keys { passes[Int(row)] = mask.map { join.masks[$0].passes[Int(row)] } ?? true }
        join.masks.append(RowMask(passes: passes))
        return join.masks.count - 1
    }

    /// Raises the error of a failed row that counts at a point.
    func checkFailures(_ result: AsOfJoin.Result, times: PrimitiveColumn<Int64>) throws(FeatureFailure) {
        for watch in watches {
            if watch.isWindow {
                guard case .rows(let rows) = result.windows[watch.index] else { continue }
                for row in rows where row >= 0 {
                    if let error = content.failures[watch.place][row] { throw failure(of: watch.feature, error) }
                }
            } else {
                let chosen = chosenRows(result.latest[watch.index], spineRows: 0..<times.count, times: times)
                for row in chosen where row >= 0 {
                    if let error = content.failures[watch.place][row] { throw failure(of: watch.feature, error) }
                }
            }
        }
    }

    private func failure(of feature: Int, _ error: EvaluationError) -> FeatureFailure {
        FeatureFailure(feature: "\(view.name).\(view.features[feature].name)", error: error)
    }

    // MARK: Results

    /// The row that each spine row of a range sees, given those chosen at the points: -1 where there is none, or it is past its ttl.
    private func chosenRows(_ chosen: RowChoice, spineRows: Range<Int>, times: PrimitiveColumn<Int64>) -> RowChoice {
        let pointOfRow = join.points.pointOfRow
        guard let ttl = view.ttl?.microseconds, !join.points.cutsAreTimes else {
            return RowChoice(pointOfRow[spineRows].lazy.map { $0 < 0 ? -1 : chosen[Int($0)] })
        }
        let events = join.rows.event
        let earliest = Timestamp.finiteRange.lowerBound.microseconds
        return RowChoice(unsafeUninitializedCapacity: spineRows.count) { buffer, count in
            for row in spineRows {
                let point = pointOfRow[row]
                var source: Int32 = point < 0 ? -1 : chosen[Int(point)]
                if source >= 0 {
                    let (start, overflow) = times.values[row].subtractingReportingOverflow(ttl)
                    if events[Int(source)] < (overflow ? earliest : max(earliest, start)) { source = -1 }
                }
                buffer.initializeElement(at: count, to: source)
                count += 1
            }
        }
    }

    /// The view's features for some spine rows, by index of the feature: those asked for.
    func columns(
        _ features: [Int], result: AsOfJoin.Result, spineRows: Range<Int>, times: PrimitiveColumn<Int64>
    ) throws(FeatureFailure) -> [Column] {
        var rowsOfGroup: [Int: RowChoice] = [:]
        let points = RowChoice(join.points.pointOfRow[spineRows])
        var columns: [Column] = []
        for feature in features {
            if let group = latestIndex[feature] {
                let rows = rowsOfGroup[group] ?? chosenRows(result.latest[group], spineRows: spineRows, times: times)
                rowsOfGroup[group] = rows
                columns.append(try latest(feature, rows))
            } else if let window = windowIndex[feature] {
                let argument = join.windows[window].argument.map { join.arguments[$0] }
                columns.append(result.windows[window].column(at: points, argument: argument))
            }
        }
        return zip(features, columns).map { view.features[$0].whenRead($1) }
    }

    private func latest(_ feature: Int, _ rows: RowChoice) throws(FeatureFailure) -> Column {
        guard case .latest(let expression, _) = view.features[feature].computation else {
            preconditionFailure("a group of `latest` features has no others")
        }
        let place = content.read.place(of: expression)
        let failures = content.failures[place]
        if !failures.isEmpty {
            for row in rows where row >= 0 {
                if let error = failures[row] { throw failure(of: feature, error) }
            }
        }
        return content.values[place].gathered(rows)
    }
}

extension FeaturePlan {
    /// A computed column as readers get it: with what stands for NULL, 0 for a count or a default, in its place.
    func whenRead(_ column: Column) -> Column {
        guard column.validity.nullCount > 0, !valueWhenNoRows.isNull else { return column }
        var builder = FeatureColumnBuilder(type)
        for row in 0..<column.count {
            let value = column.featureValue(at: row, as: type)
            builder.append(value.isNull ? valueWhenNoRows : value)
        }
        return builder.column
    }
}
