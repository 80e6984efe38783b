package import FeatureDefs
import Oracle

/// Generates adversarial rows for a user's definitions: ties, duplicates, late rows and corrections, NULLs, rows exactly at the
/// end of a window, ttl, delay or schedule and a microsecond beside, the definitions' own constants and the extremes of types.
package struct CaseGenerator: Sendable {
    private static let rowsPerSource = 24
    private static let spineRows = 12

    private let plan: Plan
    private let selection: FeatureSelection
    private let seed: UInt64
    private var random: SeededGenerator
    private let times: TimeTraps
    /// Whether values are often the extremes of their types, which overflow what is computed from them.
    private let isWild: Bool
    private let keys: KeyPool

    /// - Parameter plan: the definitions, whose sources are the tables to generate.
    package init(_ plan: Plan, _ selection: FeatureSelection, seed: UInt64) {
        self.plan = plan
        self.selection = selection
        self.seed = seed
        random = SeededGenerator(seed: seed)
        times = TimeTraps(selection.distinctViews, random: &random)
        isWild = random.oneIn(4)
        keys = KeyPool(selection.distinctViews, random: &random)
    }

    package mutating func next() -> VerificationCase {
        var tables: [RandomTable] = []
        var names = Set<String>()
        for view in selection.distinctViews where names.insert(view.source.name).inserted {
            tables.append(table(of: view.source, readBy: selection.distinctViews.filter { $0.source.name == view.source.name }))
        }
        return VerificationCase(
            seed: seed, plan: plan, selection: selection, tables: tables, spine: spine(),
            session: SessionTraps(
                timeZone: random.pick(SessionTraps.timeZones), planner: random.pick(SessionTraps.Planner.allCases)))
    }

    // MARK: Sources

    private mutating func table(of source: SourcePlan, readBy views: [FeatureViewPlan]) -> RandomTable {
        var seen = Set<String>()
        let references = views.flatMap(\.columnsRead).filter { seen.insert($0.name).inserted }
        let columns = SourceColumns(source, references, views: views)
        var rows: [[FeatureValue]] = []
        while rows.count < Self.rowsPerSource {
            if let earlier = rows.randomElement(using: &random), random.oneIn(3) {
                rows.append(columns.near(earlier, isWild: isWild, times: times, keys: keys, random: &random))
            } else {
                rows.append(columns.row(isWild: isWild, times: times, keys: keys, random: &random))
            }
        }
        return RandomTable(
            name: source.name, columns: references.map { .init(name: $0.name, storage: $0.storage) }, rows: rows)
    }

    // MARK: The spine

    private mutating func spine() -> VerificationSpine {
        let literals = selection.onDemandFeatures.flatMap(\.expression.literals)
        let requests = selection.mereRequestInputs.map {
            ValuePool(request: $0.type, literals: literals)
        }
        var rows: [[FeatureValue]] = []
        while rows.count < Self.spineRows {
            var row = rows.randomElement(using: &random).flatMap { random.oneIn(6) ? $0 : nil }
            if row == nil {
                let time: FeatureValue = random.oneIn(15) ? .null : .timestamp(random.pick(times.spineTimes))
                var values = [time] + selection.joinKeys.map { keys.spineKey($0.type, random: &random) }
                for pool in requests { values.append(pool.value(isWild: isWild, random: &random)) }
                row = [.null] + values
            }
            row?[0] = .int64(Int64(rows.count + 1))
            if let row { rows.append(row) }
        }
        return VerificationSpine(selection, rows: rows)
    }
}
