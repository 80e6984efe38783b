package import FeatureDefs
package import Oracle
package import PostgresClient
package import Verification

/// A project of a random kind: tables full of traps, and definitions over them as a user would write them.
///
/// Traps: ties in event and created time, NULL created and event times, duplicate rows, NULL keys, composite keys that
/// look alike when joined, rows exactly at the end of a window, ttl, delay or schedule and a microsecond beside, late
/// rows, NaN, -0.0, infinities, 2^53 + 1, instants before 1970, keys without rows.
package struct RandomStore: Sendable {
    /// What the test at hand can take.
    package struct Options: Sendable {
        /// Every view has a schedule, so that it can be materialized and served.
        package var isServable = false
        /// Some on-demand features can fail (a division by zero).
        package var hasFailingOnDemandFeatures = false
        package var rowsPerTable = 60
        /// Sources are tables, and half of the views have `latest` features alone and no schedule.
        package var takesPushes = false

        package init(
            isServable: Bool = false, hasFailingOnDemandFeatures: Bool = false, rowsPerTable: Int = 60, takesPushes: Bool = false
        ) {
            self.isServable = isServable
            self.hasFailingOnDemandFeatures = hasFailingOnDemandFeatures
            self.rowsPerTable = rowsPerTable
            self.takesPushes = takesPushes
        }
    }

    package let seed: UInt64
    /// One for each source; source and table have the same name.
    package let tables: [RandomTable]
    /// The definitions, as a file of the project. One service, `everything`, has all features.
    package let yaml: String
    let lattice: TimeLattice

    package static let serviceName = "everything"
    package static let projectName = "random"

    package init(seed: UInt64, options: Options = Options()) {
        var random = SeededGenerator(seed: seed)
        let lattice = TimeLattice(random: &random)
        self.seed = seed
        self.lattice = lattice
        var tables: [RandomTable] = []
        var definitions = RandomDefinitions(lattice: lattice, options: options, random: random.fork())
        for index in 0..<Int.random(in: 1...2, using: &random) {
            let hasCreated = !random.oneIn(3)
            var builder = RandomTableBuilder(lattice: lattice, hasCreated: hasCreated, random: random.fork())
            let table = builder.table(named: "events_\(index)", rowCount: options.rowsPerTable)
            definitions.addSource(table, hasCreated: hasCreated)
            tables.append(table)
        }
        self.tables = tables
        yaml = definitions.yaml()
    }

    /// The definitions compiled, against what the tables' catalogue would say.
    package func plan() throws(Diagnostics) -> Plan {
        let parsed = parseProject([SourceFile(path: "features/store.yaml", text: yaml)], project: Self.projectName)
        let schemas = Dictionary(tables.map { ($0.name, $0.schema) }, uniquingKeysWith: { first, _ in first })
        return try compile(parsed, catalogue: Catalogue(sources: schemas))
    }

    /// Every feature, with what it takes.
    package func selection() throws -> FeatureSelection {
        let plan = try plan()
        return try plan.selection(of: plan.services.flatMap(\.features))
    }

    /// Creates the tables and fills them.
    package func create(in connection: PostgresConnection) async throws {
        for table in tables { try await table.create(in: connection) }
    }

    /// The rows by source, as `NaiveTraining` takes them.
    package var naiveRows: [String: [NaiveRow]] {
        Dictionary(tables.map { ($0.name, $0.naiveRows) }, uniquingKeysWith: { first, _ in first })
    }

    /// The keys of a view's rows, each once and without NULLs, in a fixed order.
    package func keys(of view: FeatureViewPlan) -> [[FeatureValue]] {
        guard let table = tables.first(where: { $0.name == view.source.name }) else { return [] }
        var seen = Set<[FeatureValue]>()
        return table.naiveRows.map { row in view.joinKeyColumns.map { row[$0.name] ?? .null } }
            .filter { key in !key.contains(where: \.isNull) && seen.insert(key).inserted }
    }

    /// An instant of the kind that decides: on the grid of the rows' times, or beside it.
    package func instant(random: inout SeededGenerator) -> Timestamp {
        lattice.beside(lattice.point(random: &random) + lattice.times(Int64.random(in: 0..<6, using: &random)), random: &random)
    }
}
