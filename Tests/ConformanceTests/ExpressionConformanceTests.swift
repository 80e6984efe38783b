import Evaluation
import FeatureDefs
import OfflineStore
import Oracle
import PostgresClient
import TestSupport
import Testing

@Suite struct ExpressionConformanceTests {
    /// A session whose time zone is nobody's business.
    private func connect() async throws -> PostgresConnection {
        try await PostgresConnection.connect(
            to: TestStack.shared().postgresURL, settings: [("TimeZone", "America/New_York")])
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func randomExpressionsMeanTheSameInSwiftAndPostgres(seed: UInt64) async throws {
        let connection = try await connect()
        let postgres = try await ExpressionPostgres(connection, seed: seed)
        var random = SeededGenerator(seed: seed)
        var generator = ExpressionGenerator(inputs: postgres.inputs, random: random.fork())
        var expressions: [TypedExpression<ColumnReference>] = []
        while expressions.count < 3000 {
            let expression = generator.next(depth: 1 + expressions.count % 5)
            // The compiler refuses these.
            if expression.constantError == nil { expressions.append(expression) }
        }
        let probes = expressions.indices.flatMap { index in
            (0..<5).map { _ in
                ExpressionPostgres.Probe(expression: index, row: Int.random(in: 0..<ExpressionPostgres.rowCount, using: &random))
            }
        }
        try await expectAgreement(of: expressions, on: probes, in: postgres, seed: seed)
        await connection.close()
    }

    /// Functions and casts on their own, each on hundreds of pairs of the nastiest values.
    @Test func everyFunctionMeansTheSameOnAdversarialValues() async throws {
        let seed: UInt64 = 4
        let connection = try await connect()
        let postgres = try await ExpressionPostgres(connection, seed: seed)
        let expressions = Self.plainCalls(of: postgres.inputs)
        let called = expressions.compactMap { if case .call(let function, _) = $0.node { function } else { nil } }
        #expect(Set(called) == Set(ScalarFunction.allCases))
        let probes = expressions.indices.flatMap { index in
            (0..<ExpressionPostgres.rowCount).map { ExpressionPostgres.Probe(expression: index, row: $0) }
        }
        try await expectAgreement(of: expressions, on: probes, in: postgres, seed: seed)
        await connection.close()
    }

    /// Every function on input columns, for one choice of types that it takes.
    private static func plainCalls(
        of inputs: [(input: ColumnReference, type: FeatureType)]
    ) -> [TypedExpression<ColumnReference>] {
        func column(_ storage: ColumnStorage, _ index: Int = 0) -> TypedExpression<ColumnReference> {
            let columns = inputs.filter { $0.input.storage == storage }
            return TypedExpression(.input(columns[index % 2].input), type: storage.featureType)
        }
        func pair(_ storage: ColumnStorage) -> [TypedExpression<ColumnReference>] { [column(storage), column(storage, 1)] }
        func call(
            _ function: ScalarFunction, _ arguments: [TypedExpression<ColumnReference>], _ type: FeatureType
        ) -> TypedExpression<ColumnReference> {
            TypedExpression(.call(function, arguments), type: type)
        }
        let position = call(.modulo, [column(.int2), TypedExpression(.literal(.int64(5)), type: .int64)], .int64)
        var calls = ColumnStorage.allCases.map { column($0) }
        for function in ScalarFunction.allCases {
            switch function {
            case .add, .subtract, .multiply:
                calls += [call(function, pair(.int8), .int64), call(function, pair(.float8), .float64)]
            case .divide, .power: calls.append(call(function, pair(.float8), .float64))
            case .modulo: calls.append(call(function, pair(.int8), .int64))
            case .negate, .abs: calls += [call(function, [column(.int8)], .int64), call(function, [column(.float8)], .float64)]
            case .equal, .notEqual: calls += ColumnStorage.allCases.map { call(function, pair($0), .bool) }
            case .less, .lessOrEqual, .greater, .greaterOrEqual:
                calls += ColumnStorage.scalars.map { call(function, pair($0), .bool) }
            case .and, .or: calls.append(call(function, pair(.bool), .bool))
            case .not: calls.append(call(function, [column(.bool)], .bool))
            case .isNull, .isNotNull: calls.append(call(function, [column(.text)], .bool))
            case .coalesce, .nullif: calls += ColumnStorage.allCases.map { call(function, pair($0), $0.featureType) }
            case .least, .greatest: calls += ColumnStorage.scalars.map { call(function, pair($0), $0.featureType) }
            case .floor, .ceil, .round, .ln, .exp, .sqrt: calls.append(call(function, [column(.float8)], .float64))
            case .lower, .upper: calls.append(call(function, [column(.text)], .string))
            case .length: calls += [call(function, [column(.text)], .int64), call(function, [column(.bpchar)], .int64)]
            case .substring:
                calls += [
                    call(function, [column(.text), position], .string),
                    call(function, [column(.text), position, column(.int4)], .string),
                    call(function, [column(.varchar), column(.int8), position], .string),
                ]
            case .concat, .append: calls.append(call(function, pair(.text), .string))
            case .secondsBetween: calls.append(call(function, pair(.timestamptz), .float64))
            case .elementCount:
                calls += ColumnStorage.Element.allCases.map { call(function, [column(.array($0))], .int64) }
            case .toVector:
                calls += ([0, 1, 2] as [Int64]).map { length in
                    let count = TypedExpression<ColumnReference>(.literal(.int64(length)), type: .int64)
                    return call(function, [column(.array(.float4)), count], .vector(Int(length)))
                }
            case .toInt64: calls.append(call(function, [column(.float8)], .int64))
            case .toFloat64: calls += [call(function, [column(.int8)], .float64), call(function, [column(.float4)], .float64)]
            }
        }
        for field in TimestampField.allCases {
            for storage in [ColumnStorage.timestamptz, .timestamp, .date] {
                calls.append(TypedExpression(.extract(field, column(storage)), type: field.resultType))
            }
        }
        return calls
    }

    private func expectAgreement(
        of expressions: [TypedExpression<ColumnReference>], on probes: [ExpressionPostgres.Probe],
        in postgres: ExpressionPostgres, seed: UInt64
    ) async throws {
        let expected = try await postgres.inPostgres(expressions, probes)
        let actual = postgres.natively(expressions, probes)
        let different = probes.indices.filter { expected[$0] != actual[$0] }
        for index in different.prefix(10) {
            let expression = expressions[probes[index].expression]
            let sql = try ExpressionEmitter(columnsOf: SQLIdentifier("t")).emit(expression).fragment.text
            let read = expression.inputs.map { input in
                let column = postgres.columns.first { $0.reference == input }
                return "\(input.name) = \(column?.values[probes[index].row].text ?? "NULL")"
            }
            Issue.record("seed \(seed): Postgres \(expected[index]), Swift \(actual[index]): \(sql) with \(read)")
        }
        #expect(different.isEmpty, "\(different.count) of \(probes.count) differ")
        let failed = expected.count { if case .error = $0 { true } else { false } }
        #expect(failed > probes.count / 100, "the expressions hardly ever fail, so that errors are not compared")
    }
}
