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
    private(set) var rows = 0
    private(set) var lastServedID: Int64 = 0
    private var features: [Feature]
    /// Of each set of join keys that some feature is keyed by: how many rows each entity has.
    private var entities: [EntityRows]
    /// For each feature the place of its keys in `entities`.
    private let keying: [Int]
    private var hourRows: [Timestamp: Int] = [:]
    private var hostRows: [String: Int] = [:]
    private var viewAges: [AgeHistogram]
    private var probability = 1.0

    private struct EntityRows {
        /// Places among the service's join keys.
        let keys: [Int]
        var counts: [UInt64: Int] = [:]
    }

    private struct Feature {
        var hits: [UInt64: Int] = [:]
        var causes: [SkewCause: CauseTally] = [:]
        var hours: [Timestamp: Int] = [:]
        var hosts: [String: Int] = [:]
        var pairs: [(rank: UInt64, pair: ValuePair)] = []
    }

    init(_ service: CheckedService, sensitive: [Bool]) {
        self.service = service
        self.sensitive = sensitive
        features = service.selection.features.map { _ in Feature() }
        var sets: [[Int]] = []
        keying = service.views.map { places in
            let own = Set(places.flatMap { service.stored.joinedViews[$0].joinKeys })
            let keys = service.selection.joinKeys.indices.filter { own.contains(service.selection.joinKeys[$0]) }
            if let known = sets.firstIndex(of: keys) { return known }
            sets.append(keys)
            return sets.count - 1
        }
        entities = sets.map { EntityRows(keys: $0) }
        viewAges = service.stored.joinedViews.map { _ in AgeHistogram() }
    }

    mutating func add(_ window: [ServedRowComparison], _ findings: [LadderClimb.Finding]) {
        var byRow: [Int: [LadderClimb.Finding]] = [:]
        for finding in findings { byRow[finding.row, default: []].append(finding) }
        for (index, row) in window.enumerated() {
            rows += 1
            lastServedID = max(lastServedID, row.servedID)
            probability = row.sampleProbability
            let hour = row.servedAt.floored(toMultipleOf: Self.hour)
            hourRows[hour, default: 0] += 1
            hostRows[row.host, default: 0] += 1
            for (view, cut) in row.recordCuts.enumerated() {
                if let cut { viewAges[view].add(Period(microseconds: row.servedAt.microseconds - cut.microseconds)) }
            }
            let hashes = entities.indices.map { place in
                let hash = Self.hash(of: entities[place].keys.map { row.keys[$0] })
                entities[place].counts[hash, default: 0] += 1
                return hash
            }
            for finding in byRow[index] ?? [] { add(finding, row, hour: hour, entity: hashes[keying[finding.feature]]) }
            addPairs(of: row, differing: byRow[index] ?? [])
        }
    }

    private mutating func add(_ finding: LadderClimb.Finding, _ row: ServedRowComparison, hour: Timestamp, entity: UInt64) {
        let place = finding.feature
        features[place].hits[entity, default: 0] += 1
        features[place].hours[hour, default: 0] += 1
        features[place].hosts[row.host, default: 0] += 1
        var tally =
            features[place].causes[finding.cause]
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
        features[place].causes[finding.cause] = tally
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
    private mutating func addPairs(of row: ServedRowComparison, differing: [LadderClimb.Finding]) {
        for finding in differing {
            addPair(row.servedValues[finding.feature], finding.expected, isEqual: false, of: finding.feature, row)
        }
        guard row.servedID % 64 == 0 else { return }
        let cells = service.cells(row.recomputed, request: row.request)
        for feature in features.indices where !differing.contains(where: { $0.feature == feature }) {
            addPair(row.servedValues[feature], cells[feature].value, isEqual: true, of: feature, row)
        }
    }

    private mutating func addPair(
        _ served: FeatureValue, _ expected: FeatureValue, isEqual: Bool, of feature: Int, _ row: ServedRowComparison
    ) {
        guard !sensitive[feature], let a = served.number, let b = expected.number, a.isFinite, b.isFinite else { return }
        // Those that differ rank below all others.
        let rank = Self.rank(row.servedID) >> 1 | (isEqual ? 1 << 63 : 0)
        if features[feature].pairs.count >= Self.pairsPerFeature {
            guard rank < features[feature].pairs.last?.rank ?? .max else { return }
            features[feature].pairs.removeLast()
        }
        let place = features[feature].pairs.firstIndex { $0.rank > rank } ?? features[feature].pairs.endIndex
        features[feature].pairs.insert((rank, ValuePair(served: a, recomputed: b, isEqual: isEqual)), at: place)
    }

    // MARK: Result

    func result(service name: String, planFingerprint: String) -> ServiceSkew {
        ServiceSkew(
            service: name, planFingerprint: planFingerprint, rows: rows, lastServedID: lastServedID,
            features: features.indices.map(feature))
    }

    private func feature(_ index: Int) -> FeatureSkew {
        let feature = features[index]
        var sums = EntitySums()
        // In one order, so that the same log gives the same bytes.
        for (entity, count) in entities[keying[index]].counts.sorted(by: { $0.key < $1.key }) {
            sums.add(.init(count: Double(count), hits: Double(feature.hits[entity] ?? 0), probability: probability))
        }
        return FeatureSkew(
            feature: service.selection.features[index], type: service.selection.types[index], isSensitive: sensitive[index],
            rate: MismatchRate(sums),
            causes: feature.causes.values.sorted { ($1.count, $0.cause) < ($0.count, $1.cause) },
            hours: hourRows.keys.sorted().map {
                HourTally(hour: $0, compared: hourRows[$0] ?? 0, different: feature.hours[$0] ?? 0)
            },
            hosts: hostRows.keys.sorted().map {
                HostTally(host: $0, compared: hostRows[$0] ?? 0, different: feature.hosts[$0] ?? 0)
            },
            ages: service.views[index].first.map { viewAges[$0] } ?? AgeHistogram(),
            pairs: feature.pairs.map(\.pair))
    }
}
