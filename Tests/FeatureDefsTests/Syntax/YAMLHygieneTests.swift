import Testing

@testable import FeatureDefs

@Suite struct YAMLHygieneTests {
    private func codes(_ text: String) -> [DiagnosticCode] {
        parseProject([SourceFile(path: "f.yaml", text: text)], project: "demo").diagnostics.all.map(\.code)
    }

    @Test(arguments: ["", "\n", "# nothing\n", "---\n", "entities:\n", "\u{FEFF}entities:\n", "sources: {}\r\n", "a", "{}"])
    func smallFilesAreReadSafely(_ text: String) {
        #expect(codes(text) == (text == "a" ? [.wrongShape] : []))
    }

    @Test(
        arguments: zip(
            [
                "a: &x 1\n", "a: &x {b: *x}\n", "a: !!set {b}\n", "a: !t b\n", "<<: {a: b}\n", "? [a]\n: b\n", "~: b\n",
                "true: b\n", "a: *x\n",
                "entities: {a: b, a: c}\n", "entities:\n  'a': {}\n  b: {}\n  a: {}\n", "a: \"\\x01\u{1}\"\n",
                "a: b\n---\nc: d\n", "\ta: b\n",
                "%YAML 3.0\n---\na: b\n", "a: [}\n",
            ],
            [
                DiagnosticCode.unsupportedYAML, .unsupportedYAML, .unsupportedYAML, .unsupportedYAML, .unsupportedYAML,
                .keyIsNotText,
                .keyIsNotText, .keyIsNotText, .unsupportedYAML, .duplicateKey, .duplicateKey, .invalidYAML, .multipleDocuments,
                .tab,
                .invalidYAML, .invalidYAML,
            ]
        ))
    func oneClearMistakeEach(_ text: String, _ code: DiagnosticCode) {
        #expect(codes(text).filter { $0 != .unknownKey } == [code])
    }

    @Test func aliasesThatMultiplyAreRefusedAtOnce() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(codes(text + "? *a40\n: x\n? *a40\n: y\n") == [.unsupportedYAML])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func deepNestingIsRefused(_ opening: String) {
        #expect(!codes(String(repeating: opening, count: 100_000)).isEmpty)
        #expect(!codes("a: " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60)).isEmpty)
    }

    @Test(arguments: [
        "{latest: amuont}", "{latest: 'amuont'}", "{latest: \"amuont\"}", "{latest: \"\\\"Mixed Case\\\" + amuont\"}",
        "{latest: 'status = ''é'' or amuont'}", "{latest: \"status = 'it''s' and amuont\"}",
    ])
    func placesAreFoundInsideScalars(_ feature: String) throws {
        let text = SampleProject.withExpression("x").replacing("{latest: \"x\"}", with: feature)
        let line = try #require(text.split(separator: "\n").first { $0.contains("amuont") })
        let column = try line.distance(from: line.startIndex, to: #require(line.firstRange(of: "amuont")).lowerBound) + 1
        let parsed = parseProject([SourceFile(path: "f.yaml", text: text)], project: "demo")
        let diagnostics = #expect(throws: Diagnostics.self) { try compile(parsed, catalogue: SampleProject.catalogue) }
        #expect(diagnostics?.reports.first { $0.code == .unknownColumn }?.place.column == column)
    }
}
