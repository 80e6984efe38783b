import DriftMonitor
import Foundation
import Testing

/// Our special functions against scipy's, over grids that reach into the tails (Vectors/generate_special_functions.py).
struct SpecialFunctionTests {
    private struct Grids: Decodable {
        let grids: [String: [[Double]]]
    }

    private func grid(_ name: String) throws -> [[Double]] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/special_functions.json")
        return try #require(JSONDecoder().decode(Grids.self, from: Data(contentsOf: url)).grids[name])
    }

    /// Relative, with room for results below the least normal number.
    private func expectClose(_ got: Double, _ want: Double, _ tolerance: Double, _ row: [Double]) {
        #expect(abs(got - want) <= tolerance * abs(want) + 1e-300, "\(row): got \(got), want \(want)")
    }

    @Test func normal() throws {
        for row in try grid("normal_cdf") { expectClose(Normal.cumulative(row[0]), row[1], 1e-13, row) }
        for row in try grid("normal_quantile") { expectClose(Normal.quantile(row[0]), row[1], 1e-14, row) }
    }

    @Test func incompleteBeta() throws {
        for row in try grid("beta") { expectClose(IncompleteBeta.regularized(row[0], row[1], row[2]), row[3], 2e-10, row) }
        for row in try grid("beta_quantile") { expectClose(IncompleteBeta.quantile(row[0], row[1], row[2]), row[3], 1e-11, row) }
    }

    @Test func incompleteGamma() throws {
        for row in try grid("gamma") {
            expectClose(IncompleteGamma.lower(row[0], row[1]), row[2], 1e-11, row)
            expectClose(IncompleteGamma.upper(row[0], row[1]), row[3], 1e-11, row)
        }
        for row in try grid("chi2_quantile") {
            expectClose(ChiSquare.quantile(row[0], degreesOfFreedom: row[1]), row[2], 1e-11, row)
        }
    }

    @Test func kolmogorov() throws {
        for row in try grid("kolmogorov") { expectClose(Kolmogorov.limitUpperTail(row[0]), row[1], 1e-12, row) }
        for row in try grid("kstwo") { expectClose(Kolmogorov.upperTail(row[1], count: Int(row[0])), row[2], 1e-8, row) }
    }

    /// Samples that have the distance are made from the counts: the p-value depends on them only.
    @Test func exactTwoSampleKolmogorovSmirnov() throws {
        for row in try grid("ks_exact") {
            let got = KolmogorovSmirnov.exactPValue(distance: row[2], Int(row[0]), Int(row[1]))
            expectClose(got, row[3], 1e-10, row)
        }
    }

    @Test func fisher() throws {
        for row in try grid("fisher") {
            let difference = ProportionDifference(reference: row[0], of: row[1], current: row[2], of: row[3])
            expectClose(difference.fisherPValue, row[4], 1e-10, row)
        }
    }

    @Test func endsAndNonsense() {
        #expect(Normal.quantile(0) == -.infinity)
        #expect(Normal.quantile(.nan).isNaN)
        #expect(IncompleteBeta.regularized(0, 2, 3) == 0)
        #expect(IncompleteBeta.regularized(1, 2, 3) == 1)
        #expect(IncompleteGamma.upper(2, .infinity) == 0)
        #expect(Kolmogorov.upperTail(0, count: 5) == 1)
        #expect(Kolmogorov.upperTail(1, count: 5) == 0)
        #expect(ChiSquare.upperTail(3, degreesOfFreedom: 0) == 0)
    }
}
