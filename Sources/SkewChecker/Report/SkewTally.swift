import DriftMonitor
import FeatureDefs
import OfflineStore

/// Sums up a service's findings, window by window; its size grows with the entities, not with the rows.
struct SkewTally {
    private static let examplesPerCause = 10
    private static let pairsPerFeature = 300
    private static let hour = Period(microseconds: 3_600_000_000)

    private let service: CheckedService
    private let sensitive: [Bool]
    /// Of each set of join keys that some feature is keyed by: places among the service's join keys.
    private let keySets: [[Int]]
    /// For each feature the place of its keys in `keySets`.
    private let keying: [Int]
    private(set) var state: State

    /// All that was summed up: what is kept of a check that is not finished.
    struct State: Sendable, Codable {
        var rows = 0
        var lastServedID: Int64 = 0
        var first: Timestamp?
        var features: [Feature]
        /// Of each set of join keys.
        var entities: [EntityWeights]
        var hourRows: [Timestamp: Int] = [:]
        var hostRows: [String: Int] = [:]
        /// One for each view that is recomputed.
        var ages: [AgeHistogram]
        var overdue: [Int]
    }

    struct Feature: Sendable, Codable {
        var hits = EntityWeights()
        var causes: [SkewCause: CauseTally] = [:]
        var hours: [Timestamp: Int] = [:]
        var hosts: [String: Int] = [:]
        var pairs: [RankedPair] = []
        var freshness = FreshnessTally()
    }

    struct RankedPair: Sendable, Codable {
        let rank: Int64
        let pair: ValuePair
    }

    init(_ service: CheckedService, sensitive: [Bool], resuming state: State? = nil) {
        self.service = service
        self.sensitive = sensitive
        var sets: [[Int]] = []
        keying = service.views.map { places in
            let own = Set(places.flatMap { service.stored.joinedViews[$0].joinKeys })
            let keys = service.selection.joinKeys.indices.filter { own.contains(service.selection.joinKeys[$0]) }
            if let known = sets.firstIndex(of: keys) { return known }
            sets.append(keys)
            return sets.count - 1
        }
        keySets = sets
        self.state =
            state
            ?? State(
                features: service.selection.features.map { _ in Feature() }, entities: sets.map { _ in EntityWeights() },
                ages: service.stored.joinedViews.map { _ in AgeHistogram() }, overdue: service.stored.joinedViews.map { _ in 0 })
    }

    /// - Parameter contract: what training computes for each row, the service's features.
    mutating func add(
        _ window: [ServedRowComparison], contract: [[ComputedCell]], _ findings: [LadderClimb.Finding], fresh: FreshCells
    ) {
        var byRow: [Int: [LadderClimb.Finding]] = [:]
        for finding in findings { byRow[finding.row, default: []].append(finding) }
        for (index, row) in window.enumerated() {
            state.rows += 1
            state.lastServedID = max(state.lastServedID, row.servedID)
            state.first = min(state.first ?? row.servedAt, row.servedAt)
            let hour = row.servedAt.floored(toMultipleOf: Self.hour)
            state.hourRows[hour, default: 0] += 1
            state.hostRows[row.host, default: 0] += 1
            addAges(of: row)
            let weight = row.sampleProbability > 0 ? 1 / row.sampleProbability : 1
            let hashes = keySets.indices.map { place in
                let hash = Self.hash(of: keySets[place].map { row.keys[$0] })
                state.entities[place].add(hash, weight: weight)
                return hash
            }
            let own = byRow[index] ?? []
            for finding in own {
                state.features[finding.feature].hits.add(hashes[keying[finding.feature]], weight: weight)
                add(finding, row, hour: hour)
            }
            addPairs(of: row, contract: contract[index], differing: own)
        }
        for (index, cells) in zip(fresh.rows, fresh.cells) {
            for (feature, cell) in cells.enumerated() {
                let isFresh = cell.equals(contract[index][feature], by: service.equalities[feature])
                state.features[feature].freshness.add(isFresh: isFresh)
            }
        }
    }

    private mutating func addAges(of row: ServedRowComparison) {
        for (view, cut) in row.recordCuts.enumerated() {
            guard let cut else { continue }
            state.ages[view].add(Period(microseconds: row.servedAt.microseconds - cut.microseconds))
            let plan = service.stored.joinedViews[view].view
            if plan.schedule != nil, cut < plan.cut(at: row.servedAt, knowledge: .asServed) { state.overdue[view] += 1 }
        }
    }

    private mutating func add(_ finding: LadderClimb.Finding, _ row: ServedRowComparison, hour: Timestamp) {
        let place = finding.feature
        state.features[place].hours[hour, default: 0] += 1
        state.features[place].hosts[row.host, default: 0] += 1
        var tally =
            state.features[place].causes[finding.cause]
            ?? CauseTally(cause: finding.cause, first: row.servedAt, last: row.servedAt)
        tally.count += 1
        tally.first = min(tally.first, row.servedAt)
        tally.last = max(tally.last, row.servedAt)
        let rank = Self.rank(row.servedID)
        if tally.examples.count < Self.examplesPerCause || rank < Self.rank(tally.examples.last?.servedID ?? 0) {
            tally.examples.append(
                SkewExample(
                    servedID: row.servedID, servedAt: row.servedAt, host: row.host, keys: row.keys,
                    served: row.servedValues[place], status: row.servedStatuses[place], recomputed: finding.expected))
            tally.examples.sort { Self.rank($0.servedID) < Self.rank($1.servedID) }
            if tally.examples.count > Self.examplesPerCause { tally.examples.removeLast() }
        }
        state.features[place].causes[finding.cause] = tally
    }

    private static func rank(_ servedID: Int64) -> UInt64 { SplitMix64.mix(UInt64(bitPattern: servedID)) }

    /// FNV-1a over the keys' texts, mixed: the same on every run.
    private static func hash(of keys: [FeatureValue]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for key in keys {
            for byte in (key.text ?? "\u{0}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        return SplitMix64.mix(hash)
    }

    /// A share of the values, those that differ first.
    private mutating func addPairs(
        of row: ServedRowComparison, contract: [ComputedCell], differing: [LadderClimb.Finding]
    ) {
        for finding in differing {
            addPair(row.servedValues[finding.feature], finding.expected, isEqual: false, of: finding.feature, row)
        }
        guard row.servedID % 64 == 0 else { return }
        for feature in contract.indices where !differing.contains(where: { $0.feature == feature }) {
            addPair(row.servedValues[feature], contract[feature].value, isEqual: true, of: feature, row)
        }
    }

    private mutating func addPair(
        _ served: FeatureValue, _ expected: FeatureValue, isEqual: Bool, of feature: Int, _ row: ServedRowComparison
    ) {
        guard !sensitive[feature], let a = served.number, let b = expected.number, a.isFinite, b.isFinite else { return }
        // Those that differ rank below all others.
        let rank = Int64(Self.rank(row.servedID) >> 2) | (isEqual ? 1 << 62 : 0)
        if state.features[feature].pairs.count >= Self.pairsPerFeature {
            guard rank < state.features[feature].pairs.last?.rank ?? .max else { return }
            state.features[feature].pairs.removeLast()
        }
        let place = state.features[feature].pairs.firstIndex { $0.rank > rank } ?? state.features[feature].pairs.endIndex
        let pair = ValuePair(served: a, recomputed: b, isEqual: isEqual)
        state.features[feature].pairs.insert(RankedPair(rank: rank, pair: pair), at: place)
    }

    // MARK: Result

    func result(_ slice: ServedLogSlice) -> ServiceSkew {
        ServiceSkew(
            service: slice.service, planFingerprint: slice.planFingerprint, rows: state.rows,
            lastServedID: state.lastServedID, first: state.first, joinKeys: service.selection.joinKeys.map(\.name),
            features: state.features.indices.map(feature))
    }

    private func feature(_ index: Int) -> FeatureSkew {
        let feature = state.features[index]
        var sums = EntitySums()
        // In one order, so that the same log gives the same bytes.
        for (entity, count) in state.entities[keying[index]].entities.sorted(by: { $0.key < $1.key }) {
            let hits = feature.hits.entities[entity] ?? .init()
            var sum = EntitySums.Entity()
            (sum.count, sum.weight, sum.hits, sum.weightedHits) = (count.count, count.weight, hits.count, hits.weight)
            sums.add(sum)
        }
        return FeatureSkew(
            feature: service.selection.features[index], type: service.selection.types[index], isSensitive: sensitive[index],
            explained: service.explained(index),
            rate: MismatchRate(sums),
            causes: feature.causes.values.sorted { ($1.count, $0.cause) < ($0.count, $1.cause) },
            hours: state.hourRows.keys.sorted().map {
                HourTally(hour: $0, compared: state.hourRows[$0] ?? 0, different: feature.hours[$0] ?? 0)
            },
            hosts: state.hostRows.keys.sorted().map {
                HostTally(host: $0, compared: state.hostRows[$0] ?? 0, different: feature.hosts[$0] ?? 0)
            },
            ages: service.views[index].first.map { state.ages[$0] } ?? AgeHistogram(),
            overdue: service.views[index].map { state.overdue[$0] }.max() ?? 0,
            freshness: feature.freshness,
            pairs: feature.pairs.map(\.pair))
    }
}
