import FeatureDefs
import Foundation
import RedisClient

/// A feature service, or some features, prepared for lookups.
public final class OnlineFeatureService: Sendable {
    private let lookup: FeatureLookup
    private let prepared: PreparedLookup
    private let types: [String: FeatureType]
    /// The features' names, in the order of the service's.
    public let names: [String]
    let places: [String: Int]

    init(_ lookup: FeatureLookup, _ prepared: PreparedLookup) {
        self.lookup = lookup
        self.prepared = prepared
        let selection = prepared.selection
        let short = selection.features.map { $0.columnName(isFull: false) }
        // Where two have the same name, all have their view's before it.
        names = Set(short).count == short.count ? short : selection.features.map { $0.columnName(isFull: true) }
        places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        types = Dictionary(
            selection.joinKeys.map { ($0.name, $0.type) } + selection.requestInputs.map { ($0.name, $0.type) }
        ) { first, _ in first }
    }

    /// The features of one entity: `keys` has its join keys by name, `request` what on-demand features take.
    public func lookup(
        _ keys: [String: FeatureInput], request: [String: FeatureInput] = [:]
    ) async throws(OnlineFeaturesError) -> OnlineFeatureRow {
        try await lookup(rows: keys.mapValues { [$0] }, request: request.mapValues { [$0] })[0]
    }

    /// The features of many entities, in one round trip: a list for each join key, all of one length.
    public func lookup(
        rows keys: [String: [FeatureInput]], request: [String: [FeatureInput]] = [:]
    ) async throws(OnlineFeaturesError) -> OnlineFeatureRows {
        var columns: [String: [FeatureValue]] = [:]
        for (name, inputs) in keys { columns[name] = try values(inputs, named: name) }
        for (name, inputs) in request { columns[name] = try values(inputs, named: name) }
        do {
            let rows = try LookupRows(columns)
            return OnlineFeatureRows(self, try await lookup.features(prepared, for: rows, now: Self.now))
        } catch {
            guard let mistake = error as? LookupError else { throw .unavailable("\(error)") }
            throw .request("\(mistake)")
        }
    }

    private static var now: Timestamp {
        Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }

    private func values(_ inputs: [FeatureInput], named name: String) throws(OnlineFeaturesError) -> [FeatureValue] {
        guard let type = types[name] else { throw .request("no feature asked for takes `\(name)`") }
        var values: [FeatureValue] = []
        values.reserveCapacity(inputs.count)
        for (row, input) in inputs.enumerated() {
            guard let value = input.value(as: type) else { throw .request("row \(row) of `\(name)` is not \(type)") }
            values.append(value)
        }
        return values
    }
}
