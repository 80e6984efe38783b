import DriftMonitor
import Foundation
import FoundationXML
import Testing

@testable import SkewChecker

/// The page's second tab.
@Suite struct DriftTabTests {
    private static let names = ["orders.<amount>", "orders.age", "orders.country"]

    /// Forty nights: amount and age go together otherwise from the 34th on, amount is a scale up from the 36th on.
    private static func nights() throws -> (training: DriftNight, nights: [DriftNight]) {
        var random = SplitMix64(seed: 5)
        let joint = JointFrame(
            columns: [names[0], names[1]], categories: [], fourier: RandomFourierFrame(columns: 2, dimensions: 16, sigma: 1))
        let frame = try #require(NumericFrame(baseline: (0..<2000).map { _ in random.normal() }))
        func night(_ day: Int, rows: Int, sign: Double, shift: Double) -> DriftNight {
            var (amounts, ages): ([Double], [Double]) = ([], [])
            var categories = CategoryProfile()
            var together = JointProfile(frame: joint)
            for row in 0..<rows {
                let amount = random.normal() + shift
                let age = sign * 0.9 * (amount - shift) + 0.4 * random.normal()
                amounts.append(amount)
                ages.append(age)
                categories.add(random.uniform() < 0.7 ? "DE" : "F&R")
                let hash = SplitMix64.mix(UInt64(bitPattern: Int64(day * 100_000 + row)))
                together.add([RowSample.Row(hash: hash, entity: hash, values: [amount, age].map(JointProfile.bounded))])
            }
            return DriftNight(
                day: 19_800 + day,
                features: [
                    names[0]: .numeric(NumericProfile(frame: frame, values: amounts)),
                    names[1]: .numeric(NumericProfile(frame: frame, values: ages)), names[2]: .category(categories),
                ], joint: together)
        }
        let training = night(-100, rows: 1500, sign: 1, shift: 0)
        return (training, (0..<40).map { night($0, rows: 300, sign: $0 >= 34 ? -1 : 1, shift: $0 >= 36 ? 1 : 0) })
    }

    private static func tab(outcomes: OutcomeReport? = nil) throws -> DriftTab {
        let (training, nights) = try nights()
        let history = DriftHistory(.training, baseline: training, nights: nights, features: Set(names))
        return DriftTab(service: "shop & co", histories: [history], outcomes: outcomes, missing: nil)
    }

    @Test func theHistoryHasTheWorstOfEachNight() throws {
        let (training, nights) = try Self.nights()
        let history = DriftHistory(.training, baseline: training, nights: nights, features: Set(Self.names))
        #expect(history.days.count == 28 && history.days.last == 19_839)
        let amount = try #require(history.features.first)
        #expect(amount.name == Self.names[0], "the worst first")
        let above = zip(history.days, amount.cells).filter { ($0.1?.excess ?? 0) >= 1 }.map(\.0)
        #expect(above == [19_836, 19_837, 19_838, 19_839])
        #expect(history.pairs.map(\.name) == ["orders.<amount> × orders.age"])
        #expect(history.features.first { $0.name == Self.names[2] }?.values == ["DE", "F&R"])
        #expect(history.features.allSatisfy { $0.summaries.allSatisfy { $0 != nil } && $0.reference != nil })
    }

    @Test func thePageIsStaticAndWhole() throws {
        let outcomes = (0..<9000).map { row -> Outcome in
            let day = 19_700 + Double(row) / 65
            let likelihood = row * 37 % 100
            let isPositive = row * 7919 % 1009 < likelihood * 5
            return Outcome(
                day: day, score: Double(likelihood) / 100, positiveOn: isPositive ? day + Double(10 + row % 20) : nil)
        }
        let page = SkewPage(
            SkewReportFormsTests.document, drift: [try Self.tab(outcomes: OutcomeJudge(outcomes, day: 19_839).report)]
        ).text
        for text in ["<script", "http://", "https://", "src=", "url("] { #expect(!page.contains(text), "\(text)") }
        #expect(!page.contains("orders.<amount>") && page.contains("orders.&lt;amount&gt;") && page.contains("shop &amp; co"))
        #expect(page.contains("<label for=\"tab-drift\">Drift</label>") && page.contains("Labels through 2024-"))
        #expect(!page.contains("NaN") && !page.contains("\"nan"))
        // Well-formed, but for the void elements of HTML.
        let xml = page.replacing("<!DOCTYPE html>", with: "").replacing(" open>", with: ">")
            .replacing(/<(meta|input)([^>]*)>/) { "<\($0.output.1)\($0.output.2.replacing(" checked", with: ""))/>" }
        let parser = XMLParser(data: Data(xml.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError)) at line \(parser.lineNumber)")
        if let folder = ProcessInfo.processInfo.environment["DRIFT_PAGE"] { try Data(page.utf8).write(to: URL(filePath: folder)) }
    }

    @Test func withoutProfilesThePageSaysWhatToDo() {
        let missing = DriftTab(service: "s", histories: [], outcomes: nil, missing: "Nothing is profiled; run `asof profile`.")
        let page = SkewPage(SkewReportFormsTests.document, drift: [missing]).text
        #expect(page.contains("Nothing is profiled") && page.contains("No labels were given"))
        #expect(!SkewPage(SkewReportFormsTests.document).text.contains("tab-drift\""))
    }
}
