import Testing

@testable import FeatureDefs

@Suite struct DiagnosticCatalogueTests {
    @Test(arguments: DiagnosticCase.all)
    func saysExactlyThis(_ testCase: DiagnosticCase) throws {
        let text = SampleProject.complaint(
            testCase.files, catalogue: testCase.catalogue, constantChecker: testCase.constantChecker)
        try expectGolden(text, "diagnostics/\(testCase.code.rawValue).txt")
        #expect(text.hasPrefix("error[\(testCase.code.rawValue)]: "))
        #expect(text.hasSuffix("\n1 mistake\n"), "one mistake gives one message")
    }

    @Test(arguments: DiagnosticCode.allCases)
    func everyCodeHasACase(_ code: DiagnosticCode) {
        #expect(DiagnosticCase.all.count { $0.code == code } == 1)
    }
}
