import Foundation
import Testing

@testable import FeatureDefs

@Suite struct DiagnosticsTests {
    private func diagnostics(_ files: [SourceFile]) throws -> Diagnostics {
        let parsed = parseProject(files, project: "demo")
        return try #require(#expect(throws: Diagnostics.self) { try compile(parsed, catalogue: SampleProject.catalogue) })
    }

    @Test func allMistakesAreReportedInSourceOrder() throws {
        let text = SampleProject.text
            .replacing("delay: 0s", with: "delay: -1s").replacing("ttl: 30d", with: "ttl: 0d")
            .replacing("{latest: amount}", with: "{latest: amuont}").replacing(
                "{sum: amount, window: 7d}", with: "{sum: status, window: 7d}"
            )
            .replacing("log: {sample: 1.0}", with: "log: {sample: 2}")
        let files = [
            SourceFile(path: "z.yaml", text: "sources:\n  extra: {tabel: x, event_timestamp: t}\n"),
            SourceFile(path: "a.yaml", text: text),
        ]
        let found = try diagnostics(files)
        #expect(found.reports.map(\.place.file) == ["a.yaml", "a.yaml", "a.yaml", "a.yaml", "a.yaml", "z.yaml", "z.yaml"])
        #expect(
            found.all.map(\.code) == [
                .negativePeriod, .periodNotPositive, .unknownColumn, .aggregateOfWrongType, .invalidSetting, .missingKey,
                .unknownKey,
            ])
    }

    @Test func aFileThatCannotBeReadHidesNoOtherFilesMistakesAndInventsNone() throws {
        let files = [
            SourceFile(path: "a.yaml", text: "entities: [\n"),
            SourceFile(
                path: "b.yaml",
                text: SampleProject.text.replacing("ttl: 30d", with: "ttl: soon").replacing("[card]", with: "[crad]")),
        ]
        #expect(try diagnostics(files).all.map(\.code) == [.invalidYAML, .invalidPeriod])
    }

    /// Of the two mistakes that one comma makes, each says what to do.
    @Test func aCommaWithinBracesIsExplained() throws {
        let found = try diagnostics([
            SourceFile(
                path: "a.yaml",
                text: SampleProject.text.replacing(
                    "{latest: amount}", with: "{latest: seconds_between(occurred_at, ingested_at)}"))
        ])
        #expect(found.all.map(\.code) == [.unexpectedToken, .unknownKey])
        #expect(found.all.allSatisfy { $0.help == [Diagnostic.commaInBraces] })
    }

    @Test func anOperandThatIsNotKnownMakesNoSecondMistakeOfATime() throws {
        let found = try diagnostics([
            SourceFile(
                path: "a.yaml", text: SampleProject.text.replacing("{latest: amount}", with: "{latest: noon - occurred_at}"))
        ])
        #expect(found.all.map(\.code) == [.unknownColumn])
    }

    @Test func underlinesStandUnderWideCharactersAndTabs() throws {
        let text = SampleProject.withExpression("x").replacing(
            "{latest: \"x\"}", with: "{description: \"支払い\t\u{1B}[31m\", latest: amuont}")
        let lines = SampleProject.complaint([SourceFile(path: "f.yaml", text: text.replacing("\u{1B}", with: "\u{200B}"))])
            .split(separator: "\n")
        #expect(lines[1] == " --> f.yaml:8:45")
        #expect(lines[3] == "8 |       f: {description: \"支払い    \u{FFFD}[31m\", latest: amuont}")
        #expect(lines[4] == "  | \(String(repeating: " ", count: 24 + 6 + 4 + 1 + 15))^^^^^^ not a column of `transactions`")
    }

    @Test func colourIsWrittenOnlyWhenAskedFor() throws {
        let found = try diagnostics([SourceFile(path: "f.yaml", text: SampleProject.withExpression("amuont"))])
        #expect(!DiagnosticRenderer().text(found).contains("\u{1B}"))
        let coloured = DiagnosticRenderer(usesColour: true).text(found)
        #expect(coloured.hasPrefix("\u{1B}[1;31merror[AS0102]\u{1B}[0m"))
        #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == DiagnosticRenderer().text(found))
    }

    @Test func reportsAreJSON() throws {
        let found = try diagnostics([SourceFile(path: "f.yaml", text: SampleProject.withExpression("amuont"))])
        struct Read: Decodable, Equatable {
            let code, severity, message, file, label: String
            let line, column, endLine, endColumn, offset, endOffset: Int
            let help: [String]
        }
        let report = try #require(JSONDecoder().decode([Read].self, from: JSONEncoder().encode(found.reports)).first)
        #expect((report.code, report.severity, report.file) == ("AS0102", "error", "f.yaml"))
        #expect((report.line, report.column, report.endLine, report.endColumn) == (8, 20, 8, 26))
        #expect(report.endOffset - report.offset == 6)
        #expect(report.help.first?.hasPrefix("did you mean `amount`?") ?? false)
    }
}
