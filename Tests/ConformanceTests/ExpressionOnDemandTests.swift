import Evaluation
import FeatureDefs
import OfflineStore
import Oracle
import PostgresClient
import TestSupport
import Testing

/// On-demand features that read one another, natively and as the joins that training prints.
@Suite struct ExpressionOnDemandTests {
    private typealias Expression = TypedExpression<OnDemandInput>

    /// A selection of features that read a table's columns, passed through as features of a view, and one another.
    private struct Chain {
        let selection: FeatureSelection
        let expressions: [Expression]
    }

    @Test(arguments: [1, 2] as [UInt64])
    func chainsOfOnDemandFeaturesMeanTheSameInSwiftAndPostgres(seed: UInt64) async throws {
        let connection = try await PostgresConnection.connect(to: TestStack.shared().postgresURL)
        let postgres = try await ExpressionPostgres(connection, seed: seed)
        var random = SeededGenerator(seed: seed)
        var chains: [Chain] = []
        while chains.count < 400 {
            if let chain = try Self.chain(over: postgres.columns.map(\.reference), random: &random) { chains.append(chain) }
        }
        var queries: [(sql: String, type: FeatureType, row: Int)] = []
        var actual: [ExpressionOutcome] = []
        for chain in chains {
            let program = OnDemandProgram(chain.selection)
            for _ in 0..<5 {
                let row = Int.random(in: 0..<ExpressionPostgres.rowCount, using: &random)
                let results = program.evaluate(program.inputs.map { postgres.value(of: $0.columnName, row: row) })
                for (index, result) in results.enumerated() {
                    queries.append((try Self.sql(chain, index), chain.expressions[index].type, row))
                    switch result {
                    case .success(let value): actual.append(.value(value))
                    case .failure(let error): actual.append(.error(sqlState: error.sqlState))
                    }
                }
            }
        }
        let expected = try await postgres.outcomes(queries)
        let different = queries.indices.filter { expected[$0] != actual[$0] }
        for index in different.prefix(5) {
            Issue.record("seed \(seed): Postgres \(expected[index]), Swift \(actual[index]): \(queries[index].sql)")
        }
        #expect(different.isEmpty, "\(different.count) of \(queries.count) differ")
        let failed = expected.count { if case .error = $0 { true } else { false } }
        #expect(failed > queries.count / 50, "\(failed) errors are too few to compare")
        await connection.close()
    }

    private static func chain(over columns: [ColumnReference], random: inout SeededGenerator) throws -> Chain? {
        var inputs = columns.map { (OnDemandInput.feature(.init(view: "t", feature: $0.name)), $0.storage.featureType) }
        var features: [OnDemandFeaturePlan] = []
        var inlined: [OnDemandInput: Expression] = [:]
        for index in 0..<4 {
            // What was computed before is read often.
            let computed = inlined.keys.map { ($0, inlined[$0]?.type ?? .bool) }.sorted { $0.0.spelling < $1.0.spelling }
            let offered = inputs + Array(repeating: computed, count: 8).flatMap { $0 }
            var generator = ExpressionGenerator<OnDemandInput>(inputs: offered, random: random.fork())
            let expression = generator.next(random.pick([.int64, .float64, .bool, .string]), depth: 3)
            let whole = expression.replacing { inlined[$0] }
            if whole.constantError != nil { return nil }
            inlined[.feature(.init(view: "d", feature: "f\(index)"))] = whole
            features.append(.init(name: "f\(index)", expression: expression, notes: .init()))
        }
        inputs.removeAll()
        let event = ColumnReference(name: "at", storage: .timestamptz)
        let view = FeatureViewPlan(
            name: "t",
            entities: [],
            joinKeys: [],
            joinKeyColumns: [],
            source: .init(name: "t", relation: .table(["t"]), eventTimestamp: event, createdTimestamp: nil, delay: .zero),
            filter: nil,
            schedule: nil,
            ttl: nil,
            features: columns.map { column in
                let type = column.storage.featureType
                let latest = TypedExpression<ColumnReference>(.input(column), type: type)
                return .init(name: column.name, computation: .latest(latest, filter: nil), type: type, notes: .init())
            },
            notes: .init()
        )
        let onDemand = OnDemandViewPlan(name: "d", request: [], features: features, notes: .init())
        let plan = Plan(project: "p", entities: [], featureViews: [view], onDemandViews: [onDemand], services: [])
        let references = features.map { FeatureReference(view: "d", feature: $0.name) }
        return Chain(selection: try plan.selection(of: references), expressions: features.map(\.expression))
    }

    /// `(SELECT d2.v FROM (SELECT ... AS v) AS d0 CROSS JOIN LATERAL ...)`
    private static func sql(_ chain: Chain, _ index: Int) throws -> String {
        let row = try SQLIdentifier("t")
        let emitter = ExpressionEmitter<OnDemandInput, PostgresError> { input throws(PostgresError) in
            guard case .feature(let reference) = input, reference.view == "d" else {
                let name = input.columnName
                let storage = ColumnStorage.allCases.first { name == "\($0) A" || name == "\($0) \"b\"" } ?? .text
                return try ColumnReference(name: name, storage: storage).expression(of: row)
            }
            return SQLExpression("\(try SQLIdentifier(reference.feature)).v", .primary)
        }
        var joins: [SQLFragment] = []
        for (position, expression) in chain.expressions.enumerated() {
            joins.append("LATERAL (SELECT \(try emitter.emit(expression)) AS v) AS \(try SQLIdentifier("f\(position)"))")
        }
        let result: SQLFragment = "\(try SQLIdentifier("f\(index)")).v"
        return ("(SELECT \(result) FROM \(joins.joined(separator: " CROSS JOIN ")))" as SQLFragment).text
    }
}

extension OnDemandInput {
    fileprivate var columnName: String {
        switch self {
        case .feature(let reference): reference.feature
        case .request(let name): name
        }
    }
}

extension TypedExpression {
    /// The expression with others in the place of some inputs.
    fileprivate func replacing(_ replacement: (Input) -> TypedExpression?) -> TypedExpression {
        switch node {
        case .literal: self
        case .input(let input): replacement(input) ?? self
        case .call(let function, let arguments):
            TypedExpression(.call(function, arguments.map { $0.replacing(replacement) }), type: type)
        case .extract(let field, let operand): TypedExpression(.extract(field, operand.replacing(replacement)), type: type)
        case .conditional(let branches, let otherwise):
            TypedExpression(
                .conditional(
                    branches.map {
                        .init(condition: $0.condition.replacing(replacement), value: $0.value.replacing(replacement))
                    },
                    otherwise: otherwise?.replacing(replacement)
                ),
                type: type
            )
        }
    }
}
