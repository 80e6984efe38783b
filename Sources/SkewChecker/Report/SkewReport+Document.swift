import DriftMonitor
import FeatureDefs

extension SkewReport {
    package var document: SkewDocument {
        let features = services.flatMap(\.features)
        return SkewDocument(
            layoutVersion: 2,
            project: project,
            since: since.description,
            checkedAt: checkedAt.description,
            verdict: verdict,
            limits: .init(rate: limits.rate, alpha: limits.alpha),
            compared: features.reduce(0) { $0 + $1.compared },
            different: features.reduce(0) { $0 + $1.different },
            services: services.map { service in
                .init(
                    service: service.service,
                    planFingerprint: service.planFingerprint,
                    rows: service.rows,
                    features: service.features.map { $0.document(limits) }
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
    fileprivate func document(_ limits: SkewLimits) -> SkewDocument.Feature {
        .init(
            feature: feature.description,
            type: type.description,
            verdict: verdict(limits),
            compared: compared,
            equal: equal,
            different: different,
            mismatchRate: rate.rate,
            interval: [rate.interval.lower, rate.interval.upper],
            lowerBound: rate.lowerBound(limits),
            upperBound: rate.upperBound(limits),
            effectiveCount: rate.effectiveCount,
            needed: rate.neededToDecide(limits),
            causes: causes.map { cause in
                .init(
                    code: cause.cause.code, words: cause.cause.words, count: cause.count, first: cause.first.description,
                    last: cause.last.description, examples: cause.examples.map(document))
            },
            hours: hours.map { hour in
                let interval = BinomialInterval.wilson(Double(hour.different), of: Double(hour.compared))
                return .init(
                    hour: hour.hour.description, compared: hour.compared, different: hour.different,
                    interval: [interval.lower, interval.upper])
            },
            hosts: hosts.map { .init(host: $0.host, compared: $0.compared, different: $0.different) },
            ageEnds: AgeHistogram.ends,
            ageCounts: ages.counts,
            pairs: pairs.map { .init(served: $0.served, recomputed: $0.recomputed, isEqual: $0.isEqual) }
        )
    }

    private func document(_ example: SkewExample) -> SkewDocument.Example {
        .init(
            servedID: example.servedID,
            servedAt: example.servedAt.description,
            host: example.host,
            keys: example.keys.map(\.text),
            served: shown(example.served),
            status: example.status,
            recomputed: shown(example.recomputed)
        )
    }

    private func shown(_ value: FeatureValue) -> String? {
        guard isSensitive, let text = value.text else { return value.text }
        return "masked:" + String(StableHash.md5(text) >> 32, radix: 16)
    }
}
