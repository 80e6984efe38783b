import FeatureDefs
import OnlineStore

/// The body of `POST /get-online-features`.
///
/// ```json
/// {"entities": {"card_id": [1, 2]}, "features": ["card_activity:spend_7d"]}
/// {"entities": {"card_id": [1, 2]}, "feature_service": "fraud_v1", "full_feature_names": true}
/// ```
struct OnlineFeaturesRequest: Hashable {
    enum Target: Hashable {
        case service(String)
        case features([FeatureReference])
    }

    /// One column of the entities: join keys and request data mixed, in the order sent.
    struct Column: Hashable {
        let name: String
        let values: [JSONValue]
    }

    private(set) var columns: [Column] = []
    private(set) var target: Target
    private(set) var usesFullFeatureNames = false
    private(set) var wantsViewMetadata = false

    init(_ body: [UInt8]) throws(ServerError) {
        let document: JSONValue
        do { document = try JSONParser.parse(body) } catch { throw .malformed(error) }
        guard case .object(let members) = document else {
            throw .invalidRequest("the request is \(document.kind), not an object")
        }
        var service: String?
        var features: [FeatureReference]?
        var entities: [Column]?
        for member in members where member.value != .null {
            switch member.name {
            case "entities": entities = try Self.columns(member.value)
            case "features": features = try Self.features(member.value)
            case "feature_service": service = try Self.string(member)
            case "full_feature_names": usesFullFeatureNames = try Self.bool(member)
            case "include_feature_view_version_metadata": wantsViewMetadata = try Self.bool(member)
            default: continue
            }
        }
        guard let entities else { throw .invalidRequest("`entities` is missing") }
        columns = entities
        if let service {
            target = .service(service)
        } else if let features, !features.isEmpty {
            target = .features(features)
        } else {
            throw .invalidRequest("`features` or `feature_service` is missing")
        }
    }

    /// The number of rows; a request without a column has one.
    var rowCount: Int { columns.first?.values.count ?? 1 }

    private static func columns(_ value: JSONValue) throws(ServerError) -> [Column] {
        guard case .object(let members) = value else {
            throw .invalidRequest("`entities` is \(value.kind), not an object of lists")
        }
        var columns: [Column] = []
        for member in members {
            guard case .array(let values) = member.value else {
                throw .invalidRequest("`entities.\(member.name)` is \(member.value.kind), not a list")
            }
            if let first = columns.first, first.values.count != values.count {
                throw ServerError(
                    LookupError.unequalColumns(
                        name: first.name, count: first.values.count, otherName: member.name, otherCount: values.count
                    )
                )
            }
            columns.append(Column(name: member.name, values: values))
        }
        return columns
    }

    private static func features(_ value: JSONValue) throws(ServerError) -> [FeatureReference] {
        guard case .array(let elements) = value else {
            throw .invalidRequest("`features` is \(value.kind), not a list of `view:feature`")
        }
        var features: [FeatureReference] = []
        for element in elements {
            guard case .string(let text) = element else {
                throw .invalidRequest("`features` has \(element.kind), not a text `view:feature`")
            }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw .invalidRequest("feature `\(text)` is not of the form `view:feature`")
            }
            features.append(FeatureReference(view: String(parts[0]), feature: String(parts[1])))
        }
        return features
    }

    private static func string(_ member: JSONValue.Member) throws(ServerError) -> String {
        guard case .string(let text) = member.value else {
            throw .invalidRequest("`\(member.name)` is \(member.value.kind), not a string")
        }
        return text
    }

    private static func bool(_ member: JSONValue.Member) throws(ServerError) -> Bool {
        guard case .bool(let flag) = member.value else {
            throw .invalidRequest("`\(member.name)` is \(member.value.kind), not a boolean")
        }
        return flag
    }
}
