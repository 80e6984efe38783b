package import FeatureDefs

/// The report as JSON: `asof skew --json` and `report.json`.
package struct SkewDocument: Codable, Hashable, Sendable {
    package struct Service: Codable, Hashable, Sendable {
        package let service: String
        package let planFingerprint: String
        package let rows: Int
        package let features: [Feature]
    }

    package struct Feature: Codable, Hashable, Sendable {
        package let feature: String
        package let compared: Int
        package let equal: Int
        package let different: Int
        package let mismatchRate: Double?
        package let examples: [Example]
    }

    /// Values in their canonical text; null is NULL.
    package struct Example: Codable, Hashable, Sendable {
        package let servedID: Int64
        package let servedAt: String
        package let keys: [String?]
        package let served: String?
        package let status: FeatureStatus
        package let recomputed: String?
    }

    /// Rows that the log lost.
    package struct Loss: Codable, Hashable, Sendable {
        package let service: String
        package let cause: ServedLogLoss.Cause
        package let host: String
        package let rows: Int
        package let first: String
        package let last: String
    }

    package let project: String
    package let since: String
    package let checkedAt: String
    package let verdict: SkewReport.Verdict
    package let services: [Service]
    package let losses: [Loss]
}

extension SkewReport {
    package var document: SkewDocument {
        SkewDocument(
            project: project,
            since: since.description,
            checkedAt: checkedAt.description,
            verdict: verdict,
            services: services.map { service in
                .init(
                    service: service.service,
                    planFingerprint: service.planFingerprint,
                    rows: service.rows,
                    features: service.features.map(\.document)
                )
            },
            losses: losses.map { loss in
                .init(
                    service: loss.service, cause: loss.cause, host: loss.host, rows: loss.rows,
                    first: loss.first.description, last: loss.last.description)
            }
        )
    }
}

extension FeatureSkew {
    fileprivate var document: SkewDocument.Feature {
        .init(
            feature: feature.description,
            compared: compared,
            equal: equal,
            different: different,
            mismatchRate: mismatchRate,
            examples: examples.map { example in
                .init(
                    servedID: example.servedID,
                    servedAt: example.servedAt.description,
                    keys: example.keys.map(\.text),
                    served: example.served.text,
                    status: example.status,
                    recomputed: example.recomputed.text
                )
            }
        )
    }
}
