import DriftMonitor
import FeatureDefs
import OfflineStore

extension SkewReport {
    /// Of a check that is not recorded.
    package var document: SkewDocument { document(run: nil, changes: nil) }

    func document(run: Int64?, changes: SkewDocument.Changes?) -> SkewDocument {
        let features = services.flatMap(\.features)
        let documents = services.map { $0.document(limits) }
        let sources = self.sources.map { $0.document(limits) }
        return SkewDocument(
            layoutVersion: SkewDocument.currentLayout,
            run: run,
            project: project,
            since: since.description,
            checkedAt: checkedAt.description,
            verdict: verdict,
            limits: .init(rate: limits.rate, alpha: limits.alpha, staleRate: limits.staleRate),
            compared: features.reduce(0) { $0 + $1.compared },
            different: features.reduce(0) { $0 + $1.different },
            services: documents,
            losses: losses.map { loss in
                .init(
                    service: loss.service, cause: loss.cause, host: loss.host, rows: loss.rows,
                    first: loss.first.description, last: loss.last.description)
            },
            sources: sources,
            changes: changes,
            next: SkewNextStep(verdict: verdict, services: documents, sources: sources).text
        )
    }
}

extension ServiceSkew {
    fileprivate func document(_ limits: SkewLimits) -> SkewDocument.Service {
        .init(
            service: service, planFingerprint: planFingerprint, rows: rows, joinKeys: joinKeys,
            features: features.map { $0.document(limits) })
    }
}

extension FeatureSkew {
    fileprivate func document(_ limits: SkewLimits) -> SkewDocument.Feature {
        var mask = SensitiveMask(isNeeded: isSensitive)
        let stale = BinomialInterval.wilson(Double(freshness.stale), of: Double(freshness.compared))
        return .init(
            feature: feature.description,
            type: type.description,
            isSensitive: isSensitive,
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
            causes: causes.map { document($0, &mask) },
            hours: hours.map { hour in
                let interval = BinomialInterval.wilson(Double(hour.different), of: Double(hour.compared))
                return .init(
                    hour: hour.hour.description, compared: hour.compared, different: hour.different,
                    interval: [interval.lower, interval.upper])
            },
            hosts: hosts.map { .init(host: $0.host, compared: $0.compared, different: $0.different) },
            ageEnds: AgeHistogram.ends,
            ageCounts: ages.counts,
            overdue: overdue,
            staleness: .init(
                compared: freshness.compared, stale: freshness.stale, interval: [stale.lower, stale.upper],
                verdict: freshness.verdict(limits)),
            pairs: pairs.map { .init(served: $0.served, recomputed: $0.recomputed, isEqual: $0.isEqual) }
        )
    }

    private func document(_ cause: CauseTally, _ mask: inout SensitiveMask) -> SkewDocument.Cause {
        .init(
            code: cause.cause.code, words: cause.cause.words, count: cause.count, first: cause.first.description,
            last: cause.last.description,
            examples: cause.examples.map { example in
                SkewDocument.Example(
                    servedID: example.servedID, servedAt: example.servedAt.description, host: example.host,
                    keys: example.keys.map(\.text), served: mask.shown(example.served.text), status: example.status,
                    recomputed: mask.shown(example.recomputed.text))
            },
            explain: cause.examples.first.flatMap(explain))
    }

    /// `asof explain card_activity.spend_7d --keys card_id=42 --at 2024-03-01T12:00:00Z`
    private func explain(_ example: SkewExample) -> String? {
        guard let explained else { return nil }
        var words = ["asof", "explain", explained.reference.description]
        let keys = explained.keys.map { key in example.keys[key.place].text.map { "\(key.name)=\($0)" } }
        guard keys.allSatisfy({ $0 != nil }) else { return nil }
        if !keys.isEmpty { words += ["--keys"] + keys.compactMap { $0 }.map(ShellWord.quoted) }
        return (words + ["--at", example.servedAt.description]).joined(separator: " ")
    }
}

/// A word as a shell reads it.
enum ShellWord {
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-=:/@+,".unicodeScalars.contains(scalar))
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

extension SourceLateness {
    /// Whether rows came later than the definition says, decided as a feature's rate is; nil where that cannot be told.
    package func verdict(_ limits: SkewLimits) -> SkewVerdict? {
        guard let arrival else { return nil }
        let (k, n) = (Double(missed), Double(arrival.rows))
        if k >= limits.leastMismatches, BinomialInterval.clopperPearsonLower(k, of: n, alpha: limits.alpha) > limits.rate {
            return .fail
        }
        return BinomialInterval.clopperPearsonUpper(k, of: n, alpha: limits.alpha) <= limits.rate ? .pass : .inconclusive
    }

    fileprivate func document(_ limits: SkewLimits) -> SkewDocument.Source {
        func document(_ distribution: Distribution) -> SkewDocument.Source.Distribution {
            .init(rows: distribution.rows, shares: Self.shares, lateness: distribution.quantiles.map(\.description))
        }
        return .init(
            source: source, views: views, verdict: verdict(limits), declaredDelay: delay.description,
            declaredLag: lag?.description, recorded: recorded.map(document), arrival: arrival.map(document), missed: missed,
            proposal: proposal(rate: limits.rate).map { "\($0.key): \($0.value)" })
    }
}

extension SkewDocument.Changes {
    init(from previous: SkewDocument?, to report: SkewReport, _ findings: SkewFindings.Updated) {
        var before: [String: SkewVerdict] = [:]
        for service in previous?.services ?? [] {
            for feature in service.features { before["\(service.service) \(feature.feature)"] = feature.verdict }
        }
        var verdicts: [Verdict] = []
        for service in report.services {
            for feature in service.features {
                let name = feature.feature.description
                let now = feature.verdict(report.limits)
                guard let was = before["\(service.service) \(name)"], was != now else { continue }
                verdicts.append(.init(service: service.service, feature: name, from: was, to: now))
            }
        }
        self.init(
            previousRun: previous?.run, previousAt: previous?.checkedAt, previousVerdict: previous?.verdict, verdicts: verdicts,
            opened: findings.opened, ongoing: findings.ongoing, closed: findings.closed)
    }
}
