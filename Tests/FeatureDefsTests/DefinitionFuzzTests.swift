import Foundation
import Testing

@testable import FeatureDefs

/// Mutated definitions: whatever comes, the compiler answers with a plan or with diagnostics whose places exist.
@Suite struct DefinitionFuzzTests {
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let pieces: [String] = [
        "(", ")", "[", "]", "{", "}", ":", ": ", "\"", "'", ",", "\n", "\n  ", "\t", "#", "*", "&a", "*a", "- ", "? ", "|", ">",
        "!", "%", "\\", "\u{0}",
        "\u{FEFF}", "\u{85}", "\u{2028}", "é", "👩‍👩‍👧", "\r\n", "---", "...", "null", "not ", " in (", " between ", "case when ",
        " end", "1e400", "-1d", "0",
        "9223372036854775808", "cast(", " as int64)", "timestamp '", "lossy_float64(", "card_activity.", "window: 0", "latest: ",
        "<<: ",
    ]

    private static func mutate(_ text: String, _ random: inout Generator) -> String {
        var bytes = Array(text.utf8)
        for _ in 0...Int.random(in: 0..<4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(contentsOf: Array((pieces.randomElement(using: &random) ?? "").utf8), at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0..<12, using: &random)))
            case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            case 3:
                let end = min(bytes.count, place + Int.random(in: 0..<40, using: &random))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes = Array(bytes.prefix(place))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func check(_ files: [SourceFile]) {
        let parsed = parseProject(files, project: "demo")
        do throws(Diagnostics) {
            let plan = try compile(parsed, catalogue: SampleProject.catalogue)
            #expect(plan.fingerprint.count == 64)
        } catch {
            #expect(!error.all.isEmpty)
            #expect(error.all.map(\.primary.span) == error.all.map(\.primary.span).sorted())
            #expect(!error.description.isEmpty)
            #expect(error.reports.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 })
        }
    }

    @Test(arguments: 0..<8)
    func mutatedProjectsAreAnswered(_ seed: Int) {
        var random = Generator(state: UInt64(seed))
        for _ in 0..<150 { check([SourceFile(path: "f.yaml", text: Self.mutate(SampleProject.text, &random))]) }
    }

    /// As the others, with a seed after another, for as many seconds as `ASOF_FUZZ_SECONDS` says.
    @Test func fuzzingGoesOn() {
        let seconds = ProcessInfo.processInfo.environment["ASOF_FUZZ_SECONDS"].flatMap { Int($0) } ?? 0
        let end = ContinuousClock.now + .seconds(seconds)
        var seed = 10_000
        while ContinuousClock.now < end {
            mutatedProjectsAreAnswered(seed)
            mutatedBytesAreAnswered(seed)
            randomExpressionsAreAnswered(seed)
            seed += 1
        }
        if seconds > 0 { print("fuzzed definitions with the seeds 10000..<\(seed)") }
    }

    @Test(arguments: 0..<4)
    func mutatedBytesAreAnswered(_ seed: Int) {
        var random = Generator(state: UInt64(1000 + seed))
        for _ in 0..<60 {
            var bytes = Array(SampleProject.text.utf8)
            for _ in 0..<3 { bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            check([SourceFile(path: "f.yaml", bytes: bytes)])
        }
    }

    @Test(arguments: 0..<8)
    func randomExpressionsAreAnswered(_ seed: Int) {
        var random = Generator(state: UInt64(2000 + seed))
        let words = [
            "amount", "quantity", "status", "is_chip", "occurred_at", "price", "small", "token", "1", "2.5", "'a'", "null",
            "true", "+", "-", "*", "/",
            "%", "||", "=", "<>", "<", "and", "or", "not", "is", "in", "between", "(", ")", ",", "case", "when", "then", "else",
            "end", "coalesce(",
            "abs(", "cast(", "as", "float64)", "extract(hour from", ")", ")", "substring(", "nullif(", "a.b", "\"amount\"",
        ]
        for _ in 0..<200 {
            let count = Int.random(in: 1..<25, using: &random)
            let expression = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
            check([SourceFile(path: "f.yaml", text: SampleProject.withExpression(expression))])
        }
    }
}
