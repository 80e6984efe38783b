import Foundation
import Testing

/// What editors get: mistakes as JSON, and the schema.
@Suite struct EditorTests {
    private struct Mistake: Decodable {
        let code, file, message: String
        let line, column, endLine, endColumn: Int
        let help: [String]
    }

    @Test(arguments: [
        ["plan"], ["apply"], ["compile"], ["list"], ["describe", "orders"],
        ["train", "--service", "orders_v1", "--spine", "spine.csv", "-o", "x.csv"],
    ])
    func everyCommandThatCompilesPrintsMistakesAsJSON(_ command: [String]) async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let text = try asof.text(of: "features/orders.yaml")
        try asof.write(
            text.replacing("{sum: amount, window: 30d}", with: "{avg: amount, window: 30d}")
                .replacing("{latest: amount}", with: "{latest: \"amuont + 1\"}"),
            to: "features/orders.yaml")
        let failed = try await asof.run(command + ["--json"])
        #expect(failed.code == 2 && failed.error.isEmpty, "\(failed.error)")
        let mistakes = try JSONDecoder().decode([Mistake].self, from: Data(failed.output.utf8))
        #expect(mistakes.map(\.code) == ["AS0102", "AS0121"])
        let first = try #require(mistakes.first)
        #expect(first.file == "features/orders.yaml" && first.endLine == first.line && first.endColumn - first.column == 6)
        #expect(try await asof.run(command).error.contains("--> features/orders.yaml:\(first.line):\(first.column)\n"))
    }

    @Test func aNewProjectHasTheSchemaThatItsFilesName() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let schema = try await asof.run("schema")
        let written = try asof.text(of: "asof.schema.json")
        #expect(schema.code == 0 && schema.output == written)
        let line = try #require(try asof.text(of: "features/orders.yaml").split(separator: "\n").first)
        #expect(line == "# yaml-language-server: $schema=../asof.schema.json")
        let document = try JSONSerialization.jsonObject(with: Data(schema.output.utf8)) as? [String: Any]
        #expect(document?["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    }
}
