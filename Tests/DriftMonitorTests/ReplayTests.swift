import DriftMonitor
import Foundation
import Testing

/// Many nights, judged in their order.
struct ReplayTests {
    private static let frame = NumericFrame(
        baseline: {
            var random = TestRandom(900)
            return random.normals(4000)
        }())

    private func night(_ day: Int, _ features: [String: [Double]]) throws -> DriftNight {
        let frame = try #require(Self.frame)
        return DriftNight(day: day, features: features.mapValues { .numeric(NumericProfile(frame: frame, values: $0)) })
    }

    private func training(_ features: Int) throws -> DriftNight {
        var random = TestRandom(900)
        let values = random.normals(4000)
        return try night(0, Dictionary(uniqueKeysWithValues: (0..<features).map { ("f\($0)", values) }))
    }

    /// Ten seeds of eight weeks of twenty stable features: nothing is told on any night, against either reference.
    @Test(arguments: DriftReference.allCases)
    func stableNightsAreQuiet(reference: DriftReference) throws {
        var alerts = 0
        for seed in 0..<5 {
            var random = TestRandom(UInt64(910 + seed))
            let names = (0..<20).map { "f\($0)" }
            var replay = NightlyReplay(reference, baseline: try training(20), features: Set(names))
            for day in 0..<36 {
                var features: [String: [Double]] = [:]
                for name in names { features[name] = random.normals(150) }
                replay.judge(try night(day, features))
            }
            alerts += replay.alertsByNight.reduce(0) { $0 + $1.alerts.count }
            // Nights 7 to 28 have been held against others, and are a week old.
            #expect(replay.judgement?.findings.allSatisfy { $0.gate.calibratedBy == 22 } == true)
        }
        #expect(alerts == 0)
    }

    /// A feature whose level moves by 0.3 of itself from day to day: the fixed gate would call; what such nights have shown, once there
    /// are twenty of them, is its gate.
    @Test func gatesLearnWhatNightsOfAFeatureAreLike() throws {
        var random = TestRandom(920)
        var replay = NightlyReplay(.training, baseline: try training(1), features: ["f0"])
        for day in 0..<60 {
            let level = 0.3 * random.source.normal()
            replay.judge(try night(day, ["f0": random.normals(400, mean: level)]))
        }
        let findings = try #require(replay.judgement?.findings)
        let mean = try #require(findings.first { $0.key.statistic == .meanShift })
        #expect((mean.gate.calibratedBy ?? 0) >= 20)
        #expect(mean.gate.alert > 0.5 && mean.gate.alert < 1.5)
        let late = replay.alertsByNight.filter { $0.day >= 40 && !$0.alerts.isEmpty }
        #expect(late.isEmpty, "\(late)")
    }

    /// A change that stays is not learnt: forty nights later it is still told against training.
    @Test func aChangeThatStaysDoesNotCalibrateItselfAway() throws {
        var random = TestRandom(930)
        var replay = NightlyReplay(.training, baseline: try training(1), features: ["f0"])
        for day in 0..<80 {
            replay.judge(try night(day, ["f0": random.normals(300, mean: day < 40 ? 0 : 0.6)]))
        }
        let first = replay.alertsByNight.first { !$0.alerts.isEmpty }
        #expect(first?.day == 42, "raised on its third night")
        #expect(replay.alertsByNight.filter { $0.day >= 42 }.allSatisfy { !$0.alerts.isEmpty })
        // Against the weeks before it is news for some weeks, and then it is how things are.
        var week = NightlyReplay(.week, baseline: nil, features: ["f0"])
        var again = TestRandom(930)
        for day in 0..<80 { week.judge(try night(day, ["f0": again.normals(300, mean: day < 40 ? 0 : 0.6)])) }
        #expect(week.alertsByNight.first { !$0.alerts.isEmpty }?.day == 42)
        #expect(week.alertsByNight.last?.alerts.isEmpty == true)
    }

    /// What is told each night follows from the nights' own p-values and hits: leave by LORD++ for five nights from a rejection on, and
    /// what is told stays told while it persists.
    @Test func nothingNewIsToldWithoutLeaveAndWhatIsToldStays() throws {
        let names = ["f0", "f1"]
        var (held, kept, late) = (0, 0, 0)
        for seed in 0..<8 as Range<UInt64> {
            var random = TestRandom(980 + seed)
            var replay = NightlyReplay(.training, baseline: try training(2), features: Set(names))
            var paging = OnlineFalseDiscovery()
            var persistence: [NightlyJudgement.Key: Persistence] = [:]
            var told = Set<NightlyJudgement.Key>()
            // As long as no gate is calibrated: a shift just above its gate, of few rows, and in the midst of it two nights of a large one.
            for day in 0..<33 {
                let shift = day < 6 ? 0 : [17, 18].contains(day) ? 0.9 : 0.33
                replay.judge(
                    try night(
                        day, ["f0": random.normals(100, mean: shift), "f1": random.normals(100, mean: day > 18 ? 0.33 : 0)]))
                let judged = try #require(replay.judgement)
                let isRejected = paging.update(judged.pagingPValue).isRejected
                let hasLeave = paging.rejections.last.map { paging.count - $0 < 5 } ?? false
                for finding in judged.findings {
                    let isRaised = persistence[finding.key, default: Persistence()].update(finding.tonight == .alert)
                    let isTold = (isRaised || finding.isSevere) && (hasLeave || told.contains(finding.key))
                    #expect((finding.state == .alert) == isTold, "\(finding.key) on \(day)")
                    if isRaised, !isTold { held += 1 }
                    if isTold, !hasLeave { kept += 1 }
                    if isTold, hasLeave, !isRejected, !told.contains(finding.key) { late += 1 }
                }
                told = Set(judged.findings.filter { $0.state == .alert }.map(\.key))
            }
        }
        #expect(held > 0 && kept > 0 && late > 0, "the nights try all three: \(held) \(kept) \(late)")
    }

    @Test func aWeekWithoutItsWeekdayIsNotJudged() throws {
        var random = TestRandom(940)
        var replay = NightlyReplay(.week, baseline: nil, features: ["f0"])
        replay.judge(try night(0, ["f0": random.normals(100)]))
        replay.judge(try night(6, ["f0": random.normals(100)]))
        #expect(replay.judgement == nil)
        replay.judge(try night(7, ["f0": random.normals(100)]))
        #expect(replay.referenceDays == [0] && replay.judgement != nil)
    }

    @Test func designEffectsAreThoseOfClusters() {
        var random = TestRandom(950)
        // Independent rows: about 1.
        let free: [(entity: UInt64, value: Double)] = random.normals(1000).enumerated().map { (UInt64($0), $1) }
        #expect(abs(DesignEffect.of(free, of: 1000) - 1) < 0.2)
        // Ten rows of each entity, all alike: 10.
        let values = random.normals(100)
        let clustered: [(entity: UInt64, value: Double)] = (0..<1000).map { (UInt64($0 % 100), values[$0 % 100]) }
        #expect(abs(DesignEffect.of(clustered, of: 1000) - 10) < 1)
        // A tenth of them in the sample, of 10,000 rows with 100 a card: still about 100.
        var sampled: [(entity: UInt64, value: Double)] = []
        for _ in 0..<1000 {
            let card = random.source.below(100)
            sampled.append((UInt64(card), values[card]))
        }
        #expect(abs(DesignEffect.of(sampled, of: 10_000) / 100 - 1) < 0.25)
        // One entity says what one row says.
        let one: [(entity: UInt64, value: Double)] = (0..<50).map { (1, Double($0)) }
        #expect(DesignEffect.of(one, of: 50) == 50)
    }

    @Test func jointProfilesAreTheSameBytesInAnyOrder() throws {
        var random = TestRandom(960)
        var rows: [RowSample.Row] = []
        for index in 0..<400 {
            let (x, y) = (random.source.normal(), random.source.normal())
            let values: [Double] = [x, index % 7 == 0 ? .nan : y, 7]
            rows.append(RowSample.Row(hash: SplitMix64.mix(UInt64(index)), entity: UInt64(index % 30), values: values))
        }
        let frame = JointFrame(columns: ["x", "y"], categories: ["c"], baseline: rows.map(\.values), baselineRows: 400)
        var whole = JointProfile(frame: frame)
        whole.add(rows)
        for seed in 0..<5 {
            var shuffle = TestRandom(UInt64(970 + seed))
            let order = shuffle.shuffled(rows)
            func profiled(_ part: ArraySlice<RowSample.Row>) -> JointProfile {
                var profile = JointProfile(frame: frame)
                profile.add(Array(part))
                return profile
            }
            let parts = [profiled(order[..<13]), profiled(order[13..<200]), profiled(order[200...])]
            var merged = parts[2]
            merged.merge(parts[0])
            merged.merge(parts[1])
            #expect(merged.encoded() == whole.encoded())
        }
        let sameFrame = try JointFrame(decoding: frame.encoded())
        let read = try JointProfile(decoding: whole.encoded(), frame: sameFrame)
        #expect(read.encoded() == whole.encoded())
        // Cut off anywhere, it is refused and does not crash.
        let bytes = whole.encoded()
        for end in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: ProfileDecodingError.self) { try JointProfile(decoding: Array(bytes[..<end]), frame: frame) }
        }
        let other = JointFrame(columns: ["x", "z"], categories: ["c"], baseline: rows.map(\.values), baselineRows: 400)
        #expect(throws: ProfileDecodingError.self) { try JointProfile(decoding: bytes, frame: other) }
    }
}
