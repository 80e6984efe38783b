import FeatureDefs
import OnlineStore

/// The body of the answer, columnar as Feast's: `results[i]` belongs to `metadata.feature_names[i]`, first what the
/// caller sent, then the features in the order asked for.
///
/// ```json
/// {"results":[{"values":[1,99],"statuses":["PRESENT","PRESENT"],"event_timestamps":["1970-01-01T00:00:00Z", ...]},
///             {"values":[10,null],"statuses":["PRESENT","NOT_FOUND"],"event_timestamps":["2024-01-01T12:00:00Z", ...]}],
///  "metadata":{"feature_names":["driver_id","trips"]}}
/// ```
struct OnlineFeaturesResponse {
    /// A join key or request input, as it was understood.
    struct EchoedColumn {
        let name: String
        let values: [FeatureValue]
    }

    let echoed: [EchoedColumn]
    let featureNames: [String]
    let result: LookupResult
    /// The views read, when the caller asked for them. Ours have no versions, and Feast leaves out a version of 0.
    let viewMetadata: [String]?

    var body: [UInt8] {
        let cells = (echoed.count + featureNames.count) * (echoed.first?.values.count ?? 1)
        var writer = JSONWriter(reserving: 64 + cells * 48)
        writer.raw("{\"results\":[")
        var isFirst = true
        for column in echoed {
            if !isFirst { writer.raw(",") }
            isFirst = false
            writer.column(
                column.values.map {
                    ServedFeature(value: $0, status: $0.isNull ? .nullValue : .present, eventTimestamp: nil)
                }
            )
        }
        for feature in featureNames.indices {
            if !isFirst { writer.raw(",") }
            isFirst = false
            writer.column((0..<result.count).map { result[feature: feature, row: $0] })
        }
        writer.raw("],\"metadata\":{\"feature_names\":")
        writer.list(echoed.map(\.name) + featureNames) { $0.string($1) }
        if let viewMetadata {
            writer.raw(",\"feature_view_metadata\":")
            writer.list(viewMetadata) { writer, name in
                writer.raw("{\"name\":")
                writer.string(name)
                writer.raw("}")
            }
        }
        writer.raw("}}")
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func column(_ cells: [ServedFeature]) {
        raw("{\"values\":")
        list(cells) { $0.value($1.value) }
        raw(",\"statuses\":")
        list(cells) { writer, cell in
            writer.raw("\"")
            writer.raw(cell.status.rawValue)
            writer.raw("\"")
        }
        raw(",\"event_timestamps\":")
        list(cells) { $0.eventTimestamp($1.eventTimestamp) }
        raw("}")
    }
}
