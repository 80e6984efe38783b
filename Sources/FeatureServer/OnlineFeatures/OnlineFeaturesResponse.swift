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
    let names: AnswerNames
    let result: LookupResult
    /// The views read, when the caller asked for them. Ours have no versions, and Feast leaves out a version of 0.
    let viewMetadata: [String]?
    /// Whether lists that Feast's client cannot read are sent as null.
    let onlyFeastLists: Bool

    /// The body; `counts` is told what is in it.
    func body(counting counts: inout ServedCounts) -> [UInt8] {
        let cells = (echoed.count + names.features.count) * (echoed.first?.values.count ?? 1)
        var writer = ColumnWriter(
            timelines: result.timelines(), reserving: 64 + names.json.count + cells * 52, onlyFeastLists: onlyFeastLists)
        writer.json.raw("{\"results\":[")
        for column in echoed { writer.write(column) }
        var column = ServedColumn()
        for feature in names.features.indices {
            result.read(feature: feature, timelines: writer.timelines, into: &column)
            writer.write(column)
            counts.add(column, feature: feature, timelines: writer.timelines)
        }
        writer.json.raw("],\"metadata\":{\"feature_names\":[")
        writer.json.separated(echoed) { $0.string($1.name) }
        if !echoed.isEmpty, !names.features.isEmpty { writer.json.raw(",") }
        writer.json.raw(names.json)
        writer.json.raw("]")
        if let viewMetadata {
            writer.json.raw(",\"feature_view_metadata\":")
            writer.json.list(viewMetadata) { json, name in
                json.raw("{\"name\":")
                json.string(name)
                json.raw("}")
            }
        }
        writer.json.raw("}}")
        return writer.json.bytes
    }
}
