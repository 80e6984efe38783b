import Testing

@testable import FeatureDefs

@Suite struct ExpressionParserTests {
    struct Case: CustomTestStringConvertible {
        let written: String
        let meant: String
        var testDescription: String { written }

        init(_ written: String, _ meant: String) {
            self.written = written
            self.meant = meant
        }
    }

    /// What an expression over the sample's columns means, in canonical text.
    private func meaning(_ expression: String) throws -> String {
        let plan = try SampleProject.compiled(SampleProject.withExpression(expression))
        guard case .latest(let typed, _) = plan.featureViews[0].features[0].computation else { return "" }
        return typed.canonicalText
            .replacing("\"", with: "").replacing(":float64", with: "").replacing(":int64", with: "").replacing(":bool", with: "")
            .replacing(":string", with: "").replacing(":timestamp", with: "")
    }

    @Test(arguments: [
        Case("1 + 2 * 3", "add(1, multiply(2, 3))"),
        Case("(1 + 2) * 3", "multiply(add(1, 2), 3)"),
        Case("1 - 2 - 3", "subtract(subtract(1, 2), 3)"),
        Case("-quantity * 2", "multiply(negate(quantity), 2)"),
        Case("- 5 + 1", "add(-5, 1)"),
        Case("-9223372036854775808", "-9223372036854775808"),
        Case("7 % 3 * 2", "multiply(modulo(7, 3), 2)"),
        Case("status || 'a' = 'ba'", "equal(append(status, 'a'), 'ba')"),
        Case("not is_chip and is_chip or is_chip", "or(and(not(is_chip), is_chip), is_chip)"),
        Case("is_chip or is_chip and is_chip", "or(is_chip, and(is_chip, is_chip))"),
        Case("not quantity = 1", "not(equal(quantity, 1))"),
        Case("quantity = 1 is null", "isNull(equal(quantity, 1))"),
        Case("quantity + 1 is not null", "isNotNull(add(quantity, 1))"),
        Case("NOT Quantity IS NULL".replacing("Quantity", with: "quantity"), "not(isNull(quantity))"),
        Case("quantity != 1", "notEqual(quantity, 1)"),
        Case("quantity in (1, 2, 3)", "or(or(equal(quantity, 1), equal(quantity, 2)), equal(quantity, 3))"),
        Case("quantity not in (1)", "not(equal(quantity, 1))"),
        Case("quantity + 1 in (2)", "equal(add(quantity, 1), 2)"),
        Case("quantity between 1 and 2 and is_chip", "and(and(greaterOrEqual(quantity, 1), lessOrEqual(quantity, 2)), is_chip)"),
        Case("quantity not between 1 + 1 and 5", "not(and(greaterOrEqual(quantity, add(1, 1)), lessOrEqual(quantity, 5)))"),
        Case("case when is_chip then 1 else 2 end", "case_else(is_chip, 1, 2)"),
        Case("case status when 'a' then 1 when 'b' then 2 end", "case(equal(status, 'a'), 1, equal(status, 'b'), 2)"),
        Case("extract(HOUR from occurred_at)", "extract_hour(occurred_at)"),
        Case("occurred_at - ingested_at", "secondsBetween(occurred_at, ingested_at)"),
        Case("occurred_at > timestamp '2024-01-01'", "greater(occurred_at, timestamp '2024-01-01T00:00:00Z')"),
        Case("cast(amount as int64)", "toInt64(amount)"),
        Case("cast(quantity as float64)", "toFloat64(quantity)"),
        Case("\"Mixed Case\" + 1", "add(Mixed Case, 1)"),
        Case("'it''s'", "'it\\'s'"),
        Case("1e3 + .5 + 2.", "add(add(1000.0, 0.5), 2.0)"),
    ])
    func bindsAsPostgresDoes(_ testCase: Case) throws {
        #expect(try meaning(testCase.written) == testCase.meant)
    }

    @Test(arguments: [
        Case("amount + 1", "add(amount, 1.0)"),
        Case("amount + quantity", "add(amount, toFloat64(quantity))"),
        Case("quantity / 2", "divide(toFloat64(quantity), 2.0)"),
        Case("small", "small:float32"),
        Case("small + 1", "add(toFloat64(small:float32), 1.0)"),
        Case("small > small", "greater(toFloat64(small:float32), toFloat64(small:float32))"),
        Case("coalesce(small, 0)", "coalesce(toFloat64(small:float32), 0.0)"),
        Case("coalesce(null, quantity, 0.5)", "coalesce(null, toFloat64(quantity), 0.5)"),
        Case("nullif(status, null)", "nullif(status, null)"),
        Case("case when is_chip then null else 1 end", "case_else(is_chip, null, 1)"),
        Case("floor(quantity)", "floor(toFloat64(quantity))"),
        Case("abs(quantity)", "abs(quantity)"),
        Case("quantity between 0 and 2.5", "and(greaterOrEqual(quantity, 0), lessOrEqual(toFloat64(quantity), 2.5))"),
        Case("lossy_float64(price) * 2", "multiply(lossy(price), 2.0)"),
        Case("cast(null as string)", "null"),
        Case("substring(status, 2)", "substring(status, 2)"),
        Case("concat(status, null)", "concat(status, null)"),
        Case("greatest(booked_on, occurred_at)", "greatest(booked_on, occurred_at)"),
        Case("token = token", "equal(token:uuid, token:uuid)"),
    ])
    func widensWhereNumbersMix(_ testCase: Case) throws {
        #expect(try meaning(testCase.written) == testCase.meant)
    }

    @Test(arguments: [
        "amount +", "+ amount", "amount amount", "(amount", "amount)", "amount in ()", "case end", "case when is_chip 1 end",
        "extract(hour occurred_at)", "cast(amount float64)", "coalesce(amount,)", "a.b.c", "amount is 1", "between",
        "1 = not is_chip",
        "", "   ", "null", "1..2", "1e", "0x10", "\"\"", "a.", "amount not 5", "case when quantity then 1 end", "and", "1e999",
        "1e-999", "quantity in (1, 'a')", "is_chip + 1", "not 1", "amount % 2", "coalesce()", "lower(1)", "occurred_at + 1",
        "status - 1", "null + null", "null is null", "lossy_float64(amount)", "price", "pos is null", "sum(amount)", "-status",
    ])
    func refusesWithoutTrapping(_ expression: String) {
        let text = SampleProject.complaint([SourceFile(path: "f.yaml", text: SampleProject.withExpression(expression))])
        #expect(text.hasPrefix("error[AS0"))
    }

    @Test func aLongListStaysShallow() throws {
        let list = (0..<5000).map(String.init).joined(separator: ", ")
        _ = try meaning("quantity in (\(list))")
    }

    @Test func aChainOfTwoHundredTermsIsRefusedNotOverflown() {
        let sum = Array(repeating: "1", count: 20_000).joined(separator: "+")
        let text = SampleProject.complaint([SourceFile(path: "f.yaml", text: SampleProject.withExpression(sum))])
        #expect(text.hasPrefix("error[AS0009]"))
    }
}
