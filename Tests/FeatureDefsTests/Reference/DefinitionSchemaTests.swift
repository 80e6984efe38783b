import Foundation
import TestSupport
import Testing

@testable import FeatureDefs

/// The JSON Schema, held to the compiler by python's `jsonschema`.
@Suite struct DefinitionSchemaTests {
    /// A definition file, and whether its shape is right.
    private struct Case: Encodable {
        let name: String
        let text: String
        let isValid: Bool
    }

    @Test func acceptsWhatTheCompilerDoesAndRefusesMistakesOfShape() throws {
        var cases = [Case(name: "sample", text: SampleProject.text, isValid: true), Case(name: "empty", text: "", isValid: true)]
        for folder in ["features", "examples/flights/features"] {
            let url = Self.root.appending(path: folder)
            for file in try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
            where file.pathExtension == "yaml" {
                cases.append(Case(name: file.path, text: try String(contentsOf: file, encoding: .utf8), isValid: true))
            }
        }
        #expect(cases.count > 5)
        // Every example of the reference.
        for shape in [DefinitionFileShape.shape] + DefinitionFileShape.shape.parts {
            let text = shape.example
            guard DefinitionFileShape.shape.keyNames.contains(where: { text.hasPrefix("\($0):") }) else { continue }
            cases.append(Case(name: shape.id, text: text, isValid: true))
        }
        // Mistakes of shape, of the catalogue; the schema knows nothing of names, types and expressions.
        let ofShape: Set<DiagnosticCode> = [
            .wrongShape, .unknownKey, .missingKey, .conflictingKeys, .invalidSetting, .emptyList, .unknownAggregate, .invalidName,
            .unknownType, .countOutsideLastN, .invalidPeriod, .periodNotPositive, .negativePeriod, .missingWindow,
            .windowOnLatest,
        ]
        for testCase in DiagnosticCase.all where ofShape.contains(testCase.code) {
            cases.append(Case(name: testCase.code.rawValue, text: testCase.files[0].text, isValid: false))
        }
        for (name, text) in Self.mistakes { cases.append(Case(name: name, text: text, isValid: false)) }
        let answers = try Self.validate(cases)
        #expect(answers.count == cases.count)
        for testCase in cases {
            #expect(answers[testCase.name] == testCase.isValid, "\(testCase.name)")
            #expect(Self.isReadWithoutMistake(testCase.text) == testCase.isValid, "\(testCase.name)")
        }
    }

    private static let mistakes: [(String, String)] = [
        ("both relations", "sources: {s: {table: a, query: select 1, event_timestamp: e}}"),
        ("no relation", "sources: {s: {event_timestamp: e}}"),
        ("two aggregates", feature("{sum: a, max: a, window: 7d}")),
        ("no n", feature("{last_n: a, window: 7d}")),
        ("n too great", feature("{last_n: a, n: 1001, window: 7d}")),
        ("no computation", feature("{window: 7d}")),
        ("an alias of nothing", "feature_services: {s: {features: [{as: x}]}}"),
        ("view and feature", "feature_services: {s: {features: [{view: v, feature: v.f}]}}"),
        ("a share above 1", expecting("{columns: {a: {nulls: 1.5}}}")),
        ("a gate that is no flag", expecting("{gate: 1}")),
        ("an empty domain", expecting("{columns: {a: {in: []}}}")),
        ("nothing expected of a column", expecting("{columns: {a: null}}")),
        ("a freshness of nothing", expecting("{freshness: 0s}")),
        ("an expectation there is not", expecting("{columns: {a: {minimum: 0}}}")),
        ("a list of entities", "entities: [card]"),
        ("a reserved name", "entities: {asof_card: {join_keys: {id: int64}}}"),
    ]

    private static func expecting(_ text: String) -> String {
        "sources: {s: {table: a, event_timestamp: e, expect: \(text)}}"
    }

    private static func feature(_ text: String) -> String {
        "feature_views: {v: {entities: [], source: s, features: {f: \(text)}}}"
    }

    private static func isReadWithoutMistake(_ text: String) -> Bool {
        parseProject([SourceFile(path: "f.yaml", text: text)], project: "demo").diagnostics.all.isEmpty
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL

    /// What python's jsonschema says of each, by name.
    private static func validate(_ cases: [Case]) throws -> [String: Bool] {
        struct Input: Encodable {
            let schema: JSONSchemaNode
            let cases: [Case]
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Debian's packages belong to its own python, which may not be the first on the path.
        let program =
            "for python in python3 /usr/bin/python3; do "
            + "\"$python\" -c 'import jsonschema, yaml' 2> /dev/null && exec \"$python\" \"$0\"; done; exit 1"
        let script = root.appending(path: "Tests/FeatureDefsTests/Reference/validate.py").path
        process.arguments = ["sh", "-c", program, script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.runAlone()
        try input.fileHandleForWriting.write(
            contentsOf: JSONEncoder().encode(Input(schema: DefinitionSchema.document, cases: cases)))
        try input.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "python3 needs the packages jsonschema and yaml: `make deps`")
        return try JSONDecoder().decode([String: Bool].self, from: data)
    }
}
