import FeatureDefs
import OnlineStore

/// Which entities' lookups are logged: a fixed share of them, chosen by a hash of the join keys, so that all requests
/// of a chosen entity are there, on every server.
struct ServedSampling: Sendable {
    /// 0...1
    let probability: Double
    private let encoder: EntityKeyEncoder

    init(project: String, joinKeys: [JoinKey], probability: Double) {
        self.probability = probability
        encoder = EntityKeyEncoder(project: project, joinKeys: joinKeys)
    }

    /// The rows to log, one request's.
    func rows(
        of result: LookupResult, for rows: LookupRows, schema: ServedSchema, servedAt: Timestamp, host: String
    ) -> [ServedRow] {
        guard probability > 0 else { return [] }
        let requestID = UUIDBytes.random()
        let monotonic = Self.monotonicMicroseconds()
        return (0..<rows.count).filter { isChosen(rows, row: $0) }.map { row in
            ServedRow(
                schema: schema,
                requestID: requestID,
                ordinal: row,
                servedAt: servedAt,
                keys: schema.joinKeys.map { rows.columns[$0.name]?[row] ?? .null },
                request: schema.requestInputs.map { rows.columns[$0.name]?[row] ?? .null },
                features: schema.features.indices.map { result[feature: $0, row: row] },
                records: schema.views.indices.map { result.version(view: $0, row: row).map(ServedRecord.init) },
                monotonicMicroseconds: monotonic,
                sampleProbability: probability,
                host: host
            )
        }
    }

    private static func monotonicMicroseconds() -> Int64 {
        ContinuousClock().systemEpoch.duration(to: .now).microseconds
    }

    /// An entity with a NULL key hashes as the prefix alone: all of them are chosen, or none.
    private func isChosen(_ rows: LookupRows, row: Int) -> Bool {
        guard probability < 1 else { return true }
        var key: [UInt8] = []
        let isWhole = try? encoder.encode(into: &key) { rows.columns[encoder.joinKeys[$0].name]?[row] ?? .null }
        if isWhole != true { key = encoder.prefix }
        return Double(Self.hash(key) >> 11) * 0x1p-53 < probability
    }

    /// FNV-1a, then SplitMix64's finish, which spreads it over all bits. Part of the log's meaning: never change.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}

extension UUIDBytes {
    /// A random UUID (version 4, RFC 9562).
    fileprivate static func random() -> UUIDBytes {
        var generator = SystemRandomNumberGenerator()
        return UUIDBytes(
            high: generator.next() & ~0xF000 | 0x4000,
            low: generator.next() & ~(0b11 << 62) | 0b10 << 62
        )
    }
}
