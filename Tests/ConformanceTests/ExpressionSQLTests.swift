import FeatureDefs
import OfflineStore
import PostgresClient
import Testing

/// The SQL of expressions, as a reader sees it.
@Suite struct ExpressionSQLTests {
    private typealias Expression = TypedExpression<ColumnReference>

    private let amount = column("amount", .float8)
    private let count = column("n", .int4)
    private let country = column("country", .varchar)
    private let at = column("at", .timestamp)

    private static func column(_ name: String, _ storage: ColumnStorage) -> Expression {
        Expression(.input(ColumnReference(name: name, storage: storage)), type: storage.featureType)
    }

    private func call(_ function: ScalarFunction, _ arguments: [Expression], _ type: FeatureType) -> Expression {
        Expression(.call(function, arguments), type: type)
    }

    private func literal(_ value: FeatureValue, _ type: FeatureType) -> Expression {
        Expression(.literal(value), type: type)
    }

    private func sql(_ expression: Expression) throws -> String {
        try ExpressionEmitter(columnsOf: SQLIdentifier("t")).emit(expression).fragment.text
    }

    @Test func parenthesesStandOnlyWherePrecedenceAsksForThem() throws {
        let sum = call(.add, [amount, amount], .float64)
        let product = call(.multiply, [amount, amount], .float64)
        #expect(try sql(call(.multiply, [sum, amount], .float64)) == #"("t"."amount" + "t"."amount") * "t"."amount""#)
        #expect(try sql(call(.add, [product, amount], .float64)) == #""t"."amount" * "t"."amount" + "t"."amount""#)
        #expect(try sql(call(.add, [sum, amount], .float64)) == #""t"."amount" + "t"."amount" + "t"."amount""#)
        // Addition of floats is not associative.
        #expect(try sql(call(.add, [amount, sum], .float64)) == #""t"."amount" + ("t"."amount" + "t"."amount")"#)
        let isLarge = call(.greater, [amount, literal(.float64(10), .float64)], .bool)
        let either = call(.or, [isLarge, isLarge], .bool)
        #expect(
            try sql(call(.and, [either, call(.not, [isLarge], .bool)], .bool))
                == #"("t"."amount" > 10.0 OR "t"."amount" > 10.0) AND NOT "t"."amount" > 10.0"#)
    }

    @Test func aMinusSignNeverStartsAComment() throws {
        let negated = call(.negate, [amount], .float64)
        #expect(try sql(call(.negate, [negated], .float64)) == #"-(-"t"."amount")"#)
        #expect(try sql(call(.subtract, [amount, literal(.float64(-1), .float64)], .float64)) == #""t"."amount" - -1.0"#)
    }

    @Test func literalsAreBareOnlyBesideSomethingThatSaysTheType() throws {
        let one = literal(.int64(1), .int64)
        #expect(try sql(call(.add, [count, one], .int64)) == #""t"."n"::int8 + 1"#)
        #expect(try sql(call(.add, [one, one], .int64)) == "1::int8 + 1")
        #expect(try sql(literal(.int64(.min), .int64)) == "'-9223372036854775808'::int8")
        #expect(try sql(call(.coalesce, [literal(.null, .int64), one], .int64)) == "coalesce(NULL::int8, 1)")
        #expect(try sql(call(.toFloat64, [literal(.int64(2), .int64)], .float64)) == "2.0::float8")
        #expect(try sql(literal(.float64(.nan), .float64)) == "'NaN'::float8")
        #expect(try sql(literal(.float64(.leastNonzeroMagnitude), .float64)) == "'5e-324'::float8")
        #expect(try sql(literal(.float64(-0.0), .float64)) == "'-0.0'::float8")
        #expect(try sql(literal(.string(#"it's a \ "#), .string)) == #"'it''s a \ '::text"#)
        #expect(try sql(literal(.bytes([0, 255]), .bytes)) == #"'\x00ff'::bytea"#)
    }

    @Test func timestampsAreInUTCWhateverTheSession() throws {
        let ides = try #require(Timestamp("-0043-03-15T10:00:00.5Z"))
        #expect(SQLFragment(SQLLiteral(ides)).text == "'0044-03-15 10:00:00.500000+00 BC'::timestamptz")
        #expect(
            try sql(Expression(.extract(.hour, at), type: .int64))
                == #"extract(hour FROM "t"."at")::int8"#)
        let instant = Self.column("i", .timestamptz)
        #expect(
            try sql(Expression(.extract(.hour, instant), type: .int64))
                == #"extract(hour FROM "t"."i" AT TIME ZONE 'UTC')::int8"#
        )
        let day = Self.column("day", .date)
        #expect(try sql(day) == #""t"."day"::timestamp AT TIME ZONE 'UTC'"#)
    }

    @Test func textIsComparedByItsBytes() throws {
        let constant = literal(.string("DE"), .string)
        #expect(try sql(call(.equal, [country, constant], .bool)) == #""t"."country"::text = 'DE'"#)
        #expect(try sql(call(.less, [country, constant], .bool)) == #""t"."country"::text COLLATE "C" < 'DE'"#)
        #expect(
            try sql(call(.equal, [country, country], .bool)) == #""t"."country"::text COLLATE "C" = "t"."country"::text"#)
    }

    @Test func namesAreQuoted() throws {
        #expect(try sql(Self.column(#"a"; DROP TABLE b"#, .int8)) == #""t"."a""; DROP TABLE b""#)
    }

    @Test func casesAndNullTestsReadAsWritten() throws {
        let branch = Expression.Branch(condition: call(.isNull, [amount], .bool), value: literal(.int64(1), .int64))
        let whole = Expression(.conditional([branch], otherwise: literal(.int64(0), .int64)), type: .int64)
        #expect(try sql(whole) == #"CASE WHEN "t"."amount" IS NULL THEN 1::int8 ELSE 0 END"#)
    }
}
