import DriftMonitor
import Testing

/// What pictures of a stretch of nights are drawn from.
struct DriftHistoryTests {
    private static let days = 34
    private static let names = ["steady", "moves"]

    /// `moves` is another from day 25 on; the two go together until then.
    private static func nights() throws -> (training: DriftNight, nights: [DriftNight]) {
        var random = TestRandom(990)
        let frame = try #require(NumericFrame(baseline: random.normals(4000)))
        let joint = JointFrame(
            columns: names, categories: [], fourier: RandomFourierFrame(columns: 2, dimensions: 16, sigma: 1))
        func night(_ day: Int, rows: Int) -> DriftNight {
            var sides: [[Double]] = [[], []]
            for _ in 0..<rows {
                let value = random.source.normal()
                sides[0].append(value)
                sides[1].append(day < 25 ? 0.9 * value + 0.44 * random.source.normal() : 1 + random.source.normal())
            }
            var profile = JointProfile(frame: joint)
            profile.add(
                (0..<rows).map { row in
                    let hash = SplitMix64.mix(UInt64(day * 10_000 + row))
                    return RowSample.Row(hash: hash, entity: hash, values: sides.map { $0[row] })
                })
            let features = zip(names, sides).map { ($0, FeatureProfile.numeric(NumericProfile(frame: frame, values: $1))) }
            return DriftNight(day: day, features: Dictionary(uniqueKeysWithValues: features), joint: profile)
        }
        return (night(0, rows: 3000), (0..<days).map { night($0, rows: 300) })
    }

    @Test func theLastNightsAreShownByTheirWorstStatistic() throws {
        let (training, nights) = try Self.nights()
        let history = DriftHistory(.training, baseline: training, nights: nights, features: Set(Self.names))
        #expect(history.days == Array((Self.days - 28)..<Self.days))
        #expect(history.features.map(\.name) == ["moves", "steady"], "the worst first")
        // As each night was judged, and of all that was found the highest state, and of that the greatest excess.
        var replay = NightlyReplay(.training, baseline: training, features: Set(Self.names))
        for night in nights {
            replay.judge(night)
            let findings = try #require(replay.judgement?.findings)
            guard let place = history.days.firstIndex(of: night.day) else { continue }
            for feature in history.features {
                let own = findings.filter { $0.key.feature == feature.name }
                let state = try #require(own.map(\.state).max())
                let excess = own.filter { $0.state == state }.map { $0.measurement.effect / $0.gate.alert }.max()
                let cell = try #require(feature.cells[place])
                #expect(cell.state == state && cell.excess == excess, "\(feature.name) on \(night.day)")
            }
        }
        let moves = try #require(history.features.first)
        #expect(moves.cells.last??.state == .alert && moves.cells.first??.state != .alert)
        let before = try #require(moves.summaries.first ?? nil)
        guard case .quantiles(let early) = before, case .quantiles(let late) = moves.summaries.last ?? nil,
            case .quantiles(let reference) = moves.reference
        else {
            Issue.record("numbers have quantiles")
            return
        }
        #expect(early.count == 5 && early == early.sorted() && abs(early[2]) < 0.3 && abs(late[2] - 1) < 0.3)
        #expect(abs(reference[0] + 1.645) < 0.2 && abs(reference[4] - 1.645) < 0.2)
        #expect(history.pairs.map(\.name) == ["moves × steady"] || history.pairs.map(\.name) == ["steady × moves"])
        #expect(history.pairs.first?.detail?.hasPrefix("from 0.8") == true)
    }

    @Test func aPairThatNeverLeavesItsGateIsNotShown() throws {
        let (training, nights) = try Self.nights()
        let quiet = DriftHistory(.training, baseline: training, nights: Array(nights.prefix(20)), features: Set(Self.names))
        #expect(quiet.pairs.isEmpty && quiet.days == Array(0..<20))
        // What no night has is not drawn.
        let other = DriftHistory(.training, baseline: training, nights: nights, features: ["steady", "gone"])
        #expect(other.features.map(\.name) == ["steady"] && other.pairs.isEmpty)
    }
}
