import Evaluation
import Foundation
import Testing

@testable import FeatureDefs

/// The pages under docs/ that are made from the compiler are those that it makes today. `make docs` writes them.
@Suite struct DocumentationTests {
    @Test func theReferenceIsCurrent() throws {
        let errors = EvaluationError.allCases.flatMap { error in
            error.examples.map { example in
                DefinitionReference.RuntimeError(
                    name: error.description, sqlState: error.sqlState,
                    example: "\(example.expression), \(example.column.name) = \(example.value.text ?? "NULL")")
            }
        }
        try expectPage(DefinitionReference(errors: errors).markdown, "reference.md")
    }

    @Test func theCatalogueOfDiagnosticsIsCurrentAndTotal() throws {
        var examples: [DiagnosticCode: String] = [:]
        for testCase in DiagnosticCase.all {
            examples[testCase.code] = SampleProject.complaint(
                testCase.files, catalogue: testCase.catalogue, constantChecker: testCase.constantChecker)
        }
        let page = DiagnosticCatalogue(examples: examples).markdown
        for code in DiagnosticCode.allCases {
            #expect(page.contains("### \(code.rawValue)\n\n\(code.summary)\n\n```text\nerror[\(code.rawValue)]"))
        }
        try expectPage(page, "diagnostics.md")
    }

    private func expectPage(_ actual: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/\(name)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: root.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(actual.utf8).write(to: root)
            return
        }
        let committed = try? String(contentsOf: root, encoding: .utf8)
        #expect(actual == committed, "docs/\(name) is out of date; run `make docs`", sourceLocation: sourceLocation)
    }
}
