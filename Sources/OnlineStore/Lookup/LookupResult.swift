package import FeatureDefs

/// The answer to a lookup: one value for each feature and row, each with what it is.
///
/// Values stay in the bytes that came from Redis, which have been checked, until they are asked for: so a lookup costs as many
/// allocations for a thousand values as for one.
package struct LookupResult: Sendable {
    package let lookup: PreparedLookup
    /// The instant at which ttl is judged.
    let now: Timestamp
    let stored: StoredRows
    /// Of each on-demand feature of the selection, in order, one element for each row.
    let computed: [ServedFeature]
    /// Rows that are in Redis but could not be read, or lack some features, which are NULL and INVALID. By feature view, the last
    /// reason for each.
    package let undecodable: [String: PackedRowError]

    /// The number of rows.
    package var count: Int { stored.count }

    /// One value: `feature` is the place of the feature in the selection, `row` that of the row in the request.
    package subscript(feature feature: Int, row row: Int) -> ServedFeature {
        switch lookup.outputs[feature] {
        case .stored(let input): lookup.served(input, from: stored, row: row, now: now)
        case .onDemand(let index): computed[index * count + row]
        }
    }

    /// For each feature of the selection, in its order, one element for each row.
    package var features: [[ServedFeature]] {
        lookup.outputs.indices.map { feature in (0..<count).map { self[feature: feature, row: $0] } }
    }

    /// For each joined view of the selection, the version of each row's stored row; nil where there is none that can be read.
    package var versions: [[RowVersion?]] {
        lookup.reads.views.indices.map { view in
            (0..<count).map { version(view: view, row: $0) }
        }
    }

    package func version(view: Int, row: Int) -> RowVersion? {
        stored.withRow(view: view, row: row) { RowHeader.version(of: $0) }
            ?? stored.withOtherRow(view: view, row: row) { bytes, _ in RowHeader.version(of: bytes) }
    }

    /// The features of each row as numbers, row after row, in the selection's order: what a model takes. Integers and truth values become
    /// the nearest float64; NaN stands for everything that is missing, whatever its status, and for what is no number.
    package func numbers() -> [Double] {
        let width = lookup.outputs.count
        return [Double](unsafeUninitializedCapacity: count * width) { numbers, initialized in
            guard let start = numbers.baseAddress else { return }
            for row in 0..<count {
                let numbers = start + row * width
                for (view, reads) in lookup.numberReads.enumerated() {
                    let isRead: Void? = stored.withRow(view: view, row: row) { bytes in
                        reads.read(bytes, now: now, into: numbers) { substitute($0, row: row) }
                    }
                    if isRead == nil { reads.fill(numbers) { substitute($0, row: row) } }
                }
                for (output, index) in lookup.onDemandOutputs {
                    (numbers + output).initialize(to: computed[index * count + row].value.number ?? .nan)
                }
            }
            initialized = count * width
        }
    }

    /// What stands for a stored feature that has no number.
    private func substitute(_ input: Int, row: Int) -> Double {
        lookup.served(input, from: stored, row: row, now: now).value.number ?? .nan
    }
}

extension PreparedLookup {
    /// A stored feature, one of the inputs, for one row.
    func served(_ index: Int, from stored: StoredRows, row: Int, now: Timestamp) -> ServedFeature {
        let input = inputs[index]
        let served = stored.withRow(view: input.view, row: row) {
            input.feature.read(from: $0, now: now, substitutes: substitutes[index])
        }
        if let served { return served }
        let other = stored.withOtherRow(view: input.view, row: row) { bytes, layout in
            others[input.view][layout].inputs[index]?.read(from: bytes, now: now, substitutes: substitutes[index])
                ?? StoredFeature.unreadable
        }
        if let other { return other }
        return stored.place(view: input.view, row: row) == StoredRows.missing
            ? substitutes[index].missing : StoredFeature.unreadable
    }
}

extension FeatureValue {
    /// A number as a float64; nil for NULL and for what is no number.
    fileprivate var number: Double? {
        switch self {
        case .float64(let value): value
        case .float32(let value): Double(value)
        case .int64(let value): Double(value)
        case .bool(let value): value ? 1 : 0
        case .null, .string, .timestamp, .bytes, .uuid, .list, .vector: nil
        }
    }
}
