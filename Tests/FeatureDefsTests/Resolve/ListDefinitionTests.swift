import Testing

@testable import FeatureDefs

/// What definitions may do with lists and vectors.
@Suite struct ListDefinitionTests {
    private func type(of expression: String) throws -> FeatureType? {
        let plan = try SampleProject.compiled(SampleProject.withExpression(expression))
        return plan.featureViews.first?.features.first?.type
    }

    private func complaint(_ expression: String) -> String {
        SampleProject.complaint([SourceFile(path: "a.yaml", text: SampleProject.withExpression(expression))])
    }

    @Test(
        arguments: [
            ("labels", .list(.string)), ("embedding", .list(.float32)), ("cast(embedding as vector<3>)", .vector(3)),
            ("cast(null as list<int64>)", .list(.int64)), ("cast(null as vector< 384 >)", .vector(384)),
            ("coalesce(labels, null)", .list(.string)), ("case when is_chip then labels end", .list(.string)),
            ("nullif(labels, labels)", .list(.string)), ("labels = labels", .bool), ("labels in (labels, labels)", .bool),
            ("labels is not null", .bool), ("length(labels)", .int64), ("length(cast(embedding as vector<3>))", .int64),
            ("length(status)", .int64),
        ] as [(String, FeatureType)])
    func expressionsHaveTheTypesOfTheirLists(expression: String, type: FeatureType) throws {
        #expect(try self.type(of: expression) == type)
    }

    @Test(arguments: [
        ("labels < labels", "AS0218"), ("least(labels, labels)", "AS0218"), ("labels = embedding", "AS0201"),
        ("cast(embedding as vector<3>) = cast(embedding as vector<4>)", "AS0201"), ("embedding + 1", "AS0202"),
        ("concat(labels, 'x')", "AS0202"), ("length(amount)", "AS0202"), ("cast(labels as vector<3>)", "AS0212"),
        ("cast(embedding as list<float64>)", "AS0212"), ("cast(embedding as vector<0>)", "AS0207"),
        ("cast(embedding as vector)", "AS0207"), ("cast(null as list<list>)", "AS0207"), ("cast(null as list<int64)", "AS0020"),
    ])
    func whatMakesNoSenseIsRefused(expression: String, code: String) {
        #expect(complaint(expression).hasPrefix("error[\(code)]"), "\(complaint(expression))")
    }

    @Test(arguments: [
        ("int64[]", "write `list<int64>`"), ("text[]", "write `list<string>`"), ("list<integer>", "write `list<int64>`"),
        ("list<vector<3>>", "a list is of one of"), ("vector", "as in `vector<384>`"), ("vector<70000>", "1 to 65536"),
    ])
    func aTypeWrittenAsOthersWriteItIsMended(type: String, help: String) {
        let text = SampleProject.text.replacing("request: {amount: float64}", with: "request: {amount: float64, x: '\(type)'}")
        let complaint = SampleProject.complaint([SourceFile(path: "a.yaml", text: text)])
        #expect(complaint.hasPrefix("error[AS0207]") && complaint.contains(help), "\(complaint)")
    }

    @Test(arguments: [
        ("last_n: amount, window: 7d", "AS0012"), ("last_n: amount, n: 0, window: 7d", "AS0015"),
        ("last_n: amount, n: 1001, window: 7d", "AS0015"), ("last_n: amount, n: 2.0, window: 7d", "AS0015"),
        ("last_n: amount, n: five, window: 7d", "AS0015"), ("last_n: amount, n: 5", "AS0305"),
        ("last_n: '*', n: 5, window: 7d", "AS0205"), ("last_n: labels, n: 5, window: 7d", "AS0217"),
        ("sum: labels, window: 7d", "AS0217"), ("min: embedding, window: 7d", "AS0217"), ("latest: amount, n: 5", "AS0219"),
    ])
    func aLastNIsOfSoManyScalarsInAWindow(feature: String, code: String) {
        let text = SampleProject.text.replacing("{latest: amount}", with: "{\(feature)}")
        let complaint = SampleProject.complaint([SourceFile(path: "a.yaml", text: text)])
        #expect(complaint.hasPrefix("error[\(code)]") && complaint.hasSuffix("1 mistake\n"), "\(complaint)")
    }

    @Test func aLastNIsWrittenAsDefined() throws {
        let text = SampleProject.text.replacing("{latest: amount}", with: "{last_n: amount * 2, n: 5, window: 7d}")
        let feature = try #require(try SampleProject.compiled(text).featureViews.first?.features.first)
        #expect(feature.type == .list(.float64))
        #expect(feature.computation.readableText == "last_n(amount * 2.0, 5) over 7d")
        let cast = try SampleProject.compiled(SampleProject.withExpression("cast(embedding as vector<3>)"))
        #expect(cast.featureViews[0].features[0].computation.readableText == "latest cast(embedding as vector<3>)")
    }

    /// What a feature's default may be.
    @Test func aListHasADefaultAsPostgresWritesIt() throws {
        let text = SampleProject.text.replacing("{latest: amount}", with: "{latest: labels, default: '{none}'}")
        let feature = try #require(try SampleProject.compiled(text).featureViews.first?.features.first)
        #expect(feature.defaultValue == .list(FeatureList([.string("none")], of: .string)))
        let wrong = SampleProject.text.replacing("{latest: amount}", with: "{latest: labels, default: none}")
        #expect(
            SampleProject.complaint([SourceFile(path: "a.yaml", text: wrong)]).contains("write it as Postgres writes an array"))
    }
}
