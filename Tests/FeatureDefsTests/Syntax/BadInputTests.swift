import Testing

@testable import FeatureDefs

/// What is no definition file at all: one clear mistake each.
@Suite struct BadInputTests {
    private func complaint(_ bytes: [UInt8]) -> String {
        SampleProject.complaint([SourceFile(path: "f.yaml", bytes: bytes)])
    }

    private func codes(_ bytes: [UInt8]) -> [DiagnosticCode] {
        parseProject([SourceFile(path: "f.yaml", bytes: bytes)], project: "demo").diagnostics.all.map(\.code)
    }

    private static func utf16(_ text: String, isLittleEndian: Bool, hasMark: Bool) -> [UInt8] {
        ((hasMark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
            let bytes = [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
            return isLittleEndian ? bytes : bytes.reversed()
        }
    }

    @Test(arguments: [true, false], [true, false])
    func utf16IsNamed(isLittleEndian: Bool, hasMark: Bool) {
        let bytes = Self.utf16(SampleProject.text, isLittleEndian: isLittleEndian, hasMark: hasMark)
        let text = complaint(bytes)
        #expect(text.hasPrefix("error[AS0002]: the file is UTF-16, not UTF-8\n"), "\(text)")
        #expect(text.hasSuffix("\n1 mistake\n"))
    }

    @Test func aByteOrderMarkOfUTF8IsNoMistake() {
        #expect(complaint([0xEF, 0xBB, 0xBF] + Array(SampleProject.text.utf8)) == "")
    }

    /// Not the bytes themselves: the test library would write megabytes of them out as the case's name.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: DiagnosticCode
        let bytes: @Sendable () -> [UInt8]

        init(_ name: String, _ code: DiagnosticCode, _ bytes: @escaping @Sendable () -> [UInt8]) {
            testDescription = name
            self.code = code
            self.bytes = bytes
        }
    }

    @Test(arguments: [
        Case("latin-1", .notUTF8) { Array("entities:\n  caf".utf8) + [0xE9, 0x3A] },
        Case("a NUL", .invalidYAML) { Array("entities:\n  a\u{0}b: {}\n".utf8) },
        Case("an escape", .invalidYAML) { Array("entities:\n  a\u{1B}[31m: {}\n".utf8) },
        Case("binary", .notUTF8) { (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) } },
        Case("a gzip", .notUTF8) { [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 3] },
        Case("10 MB", .fileTooLarge) { [UInt8](repeating: 0x61, count: 10 << 20) },
        Case("10 MB of brackets", .fileTooLarge) { [UInt8](repeating: 0x5B, count: 10 << 20) },
        Case("4 MB of brackets", .invalidYAML) { [UInt8](repeating: 0x5B, count: 4 << 20) },
        Case("4 MB on a line", .wrongShape) { Array("entities: ".utf8) + [UInt8](repeating: 0x61, count: 4_000_000) },
        Case("a million keys", .unknownKey) { Array((0..<250_000).map { "k\($0): 1\n" }.joined().utf8) },
    ])
    func oneMistakeEach(_ file: Case) {
        let found = codes(file.bytes())
        if file.code == .unknownKey {
            // As many as are kept, all of one kind.
            #expect(Set(found) == [file.code] && found.count == 1000, "\(file.testDescription)")
        } else {
            #expect(found == [file.code], "\(file.testDescription): \(found)")
        }
    }

    @Test(arguments: [
        ("(", ")"), ("-(", ")"), ("not (", ")"), ("coalesce(", ")"), ("case when true then ", " end"), ("amount + ", ""),
        ("amount = 1 and ", "true"), ("amount in (", ")"),
    ])
    func expressionsAreBounded(_ opening: String, _ closing: String) {
        for depth in [1000, 5000] {
            let text = String(repeating: opening, count: depth) + "amount" + String(repeating: closing, count: depth)
            let found = SampleProject.complaint([SourceFile(path: "f.yaml", text: SampleProject.withExpression(text))])
            #expect(found.hasSuffix("\n1 mistake\n") || found.isEmpty, "\(opening) \(depth): \(found.prefix(300))")
        }
    }

    /// YAML's quotes make a text of a number; where a number is wanted they do no harm, where types matter they are said.
    @Test func numbersInQuotes() {
        func codes(_ old: String, _ new: String) -> [DiagnosticCode] {
            let text = SampleProject.text.replacing(old, with: new)
            let parsed = parseProject([SourceFile(path: "f.yaml", text: text)], project: "demo")
            do throws(Diagnostics) {
                _ = try compile(parsed, catalogue: SampleProject.catalogue)
                return []
            } catch {
                return error.all.map(\.code)
            }
        }
        #expect(codes("sample: 1.0", "sample: '1.0'") == [])
        #expect(codes("window: 7d", "window: '7d'") == [])
        #expect(codes("sample: 1.0", "sample: 'all'") == [.invalidSetting])
        #expect(codes("window: 7d", "window: 7") == Array(repeating: .invalidPeriod, count: 3))
        #expect(codes("{latest: amount}", "{latest: amount, default: '0'}") == [.defaultOfWrongType])
        #expect(codes("{latest: amount}", "{latest: \"amount > '100'\"}") == [.operandMismatch])
    }
}
