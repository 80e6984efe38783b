import FeatureDefs
import Oracle

/// How the values of a source's columns are made.
struct SourceColumns {
    private let source: SourcePlan
    private let columns: [ColumnReference]
    private let keyNames: Set<String>
    private let pools: [String: ValuePool]

    init(_ source: SourcePlan, _ columns: [ColumnReference], views: [FeatureViewPlan]) {
        self.source = source
        self.columns = columns
        keyNames = Set(views.flatMap { $0.joinKeyColumns.map(\.name) })
        let expressions = views.flatMap { view in
            [view.filter].compactMap { $0 }
                + view.features.flatMap { [$0.computation.argument, $0.computation.filter].compactMap { $0 } }
        }
        let literals = expressions.flatMap(\.literals)
        let vectorLengths = Set(expressions.flatMap(\.vectorLengths))
        let summed = Set(views.flatMap { $0.features.flatMap(\.computation.columnsSummed) }.map(\.name))
        pools = Dictionary(
            columns.map {
                (
                    $0.name,
                    ValuePool(
                        storage: $0.storage, literals: literals, vectorLengths: vectorLengths, isSummed: summed.contains($0.name))
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    func row(isWild: Bool, times: TimeTraps, keys: KeyPool, random: inout SeededGenerator) -> [FeatureValue] {
        let event = times.event(ofSource: source.name, random: &random)
        return columns.map {
            value(of: $0, event: event, isWild: isWild, times: times, keys: keys, random: &random)
        }
    }

    /// A duplicate, a correction (the same event known later, with other values), or a row of the same times.
    func near(
        _ row: [FeatureValue], isWild: Bool, times: TimeTraps, keys: KeyPool, random: inout SeededGenerator
    ) -> [FeatureValue] {
        if random.oneIn(5) { return row }
        let other = self.row(isWild: isWild, times: times, keys: keys, random: &random)
        let keepsAvailable = random.oneIn(2)
        return columns.indices.map { index in
            let name = columns[index].name
            let isKept =
                keyNames.contains(name) || name == source.eventTimestamp.name
                || (name == source.createdTimestamp?.name && keepsAvailable)
            return isKept || random.oneIn(3) ? row[index] : other[index]
        }
    }

    private func value(
        of column: ColumnReference, event: Timestamp, isWild: Bool, times: TimeTraps, keys: KeyPool,
        random: inout SeededGenerator
    ) -> FeatureValue {
        if column == source.eventTimestamp { return random.oneIn(20) ? .null : instant(event, column) }
        if column == source.createdTimestamp {
            if random.oneIn(6) { return .null }
            return instant(times.available(ofSource: source.name, event: event, random: &random), column)
        }
        if keyNames.contains(column.name) { return keys.key(column.storage.featureType, random: &random) }
        // An instant near the event, as a feature may compare the two.
        if column.storage.isInstant, random.oneIn(2) {
            return instant(times.available(ofSource: source.name, event: event, random: &random), column)
        }
        return pools[column.name]?.value(isWild: isWild, random: &random) ?? .null
    }

    private func instant(_ timestamp: Timestamp, _ column: ColumnReference) -> FeatureValue {
        let day = Period(microseconds: 86_400_000_000)
        return .timestamp(column.storage == .date ? timestamp.floored(toMultipleOf: day) : timestamp)
    }
}

extension FeatureComputation {
    /// The columns that floats are added up from.
    fileprivate var columnsSummed: [ColumnReference] {
        switch self {
        case .latest: []
        case .window(let function, let argument, _, _):
            switch function {
            case .sum, .mean, .variance, .stddev: argument?.inputs ?? []
            case .count, .distinctCount, .min, .max, .first, .lastN: []
            }
        }
    }
}
