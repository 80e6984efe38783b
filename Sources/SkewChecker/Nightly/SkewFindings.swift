import DriftMonitor
import FeatureDefs
import OfflineStore
import PostgresClient

/// `asof.skew_findings`: what is wrong with a feature, for one cause, from the run that first saw it to the one that no longer did.
struct SkewFindings {
    struct Updated {
        var opened: [SkewDocument.Finding] = []
        var ongoing: [SkewDocument.Finding] = []
        var closed: [SkewDocument.Finding] = []
    }

    let connection: PostgresConnection
    let project: String

    private struct Key: Hashable {
        let service: String
        let feature: String
        let cause: String
    }

    fileprivate struct Open {
        let id: Int64
        let openedAt: String
        let nights: Int
        let total: Int
        let rate: Double
        let clean: Double
    }

    /// What a run compared of a feature, over all the plans that the service had.
    private struct Compared {
        var count = 0
        var effective = 0.0
        var causes: [SkewCause: Int] = [:]
    }

    /// Within the caller's transaction.
    func update(by report: SkewReport, run: SkewRun) async throws -> Updated {
        var compared: [String: [String: Compared]] = [:]
        for service in report.services {
            for feature in service.features {
                var own = compared[service.service]?[feature.feature.description] ?? Compared()
                own.count += feature.compared
                own.effective += feature.rate.effectiveCount
                for cause in feature.causes { own.causes[cause.cause, default: 0] += cause.count }
                compared[service.service, default: [:]][feature.feature.description] = own
            }
        }
        var open = try await self.open()
        var updated = Updated()
        for (service, features) in compared.sorted(by: { $0.key < $1.key }) {
            for (feature, own) in features.sorted(by: { $0.key < $1.key }) {
                for (cause, count) in own.causes.sorted(by: { $0.key < $1.key }) {
                    let key = Key(service: service, feature: feature, cause: cause.code)
                    let seen = Seen(count: count, compared: own.count)
                    if let known = open.removeValue(forKey: key) {
                        updated.ongoing.append(try await follow(known, key, cause, seen, report, run))
                    } else {
                        updated.opened.append(try await openNew(key, cause, seen, report, run))
                    }
                }
            }
        }
        for (key, known) in open.sorted(by: { $0.value.id < $1.value.id }) {
            // Of a service that nothing was checked of nothing is known.
            guard let features = compared[key.service] else { continue }
            let own = features[key.feature]
            let clean = known.clean + (own?.effective ?? 0)
            let cause = SkewCause(code: key.cause)
            if own == nil || BinomialInterval.clopperPearsonUpper(0, of: clean, alpha: report.limits.alpha) < known.rate {
                let why =
                    own == nil ? "no longer served" : "not seen in \(Int(clean)) values; at its last rate it would have been"
                updated.closed.append(try await close(known, key, cause, why, report, run))
            } else {
                try await connection.execute(
                    "UPDATE asof.skew_findings SET clean = $2 WHERE finding_id = $1", [.int64(known.id), .float64(clean)])
                updated.ongoing.append(known.document(key.service, key.feature, key.cause, cause, count: 0))
            }
        }
        return updated
    }

    private struct Seen {
        let count: Int
        let compared: Int
        var rate: Double { Double(count) / Double(max(1, compared)) }
    }

    private func open() async throws -> [Key: Open] {
        let rows = try await connection.execute(
            """
            SELECT finding_id, service, feature, cause, (extract(epoch FROM opened_at) * 1000000)::int8, nights, count, rate, clean
            FROM asof.skew_findings WHERE project = $1 AND closed_run IS NULL FOR UPDATE
            """,
            [.text(project)]
        ).rows
        var open: [Key: Open] = [:]
        for row in rows {
            guard let id = row[0].flatMap({ Int64($0) }), let service = row[1], let feature = row[2], let cause = row[3],
                let at = row[4].flatMap({ Int64($0) }), let nights = row[5].flatMap({ Int($0) }),
                let count = row[6].flatMap({ Int($0) }), let rate = row[7].flatMap({ Double($0) }),
                let clean = row[8].flatMap({ Double($0) })
            else { continue }
            open[Key(service: service, feature: feature, cause: cause)] = Open(
                id: id, openedAt: Timestamp(microseconds: at).description, nights: nights, total: count, rate: rate, clean: clean)
        }
        return open
    }

    private func openNew(
        _ key: Key, _ cause: SkewCause, _ seen: Seen, _ report: SkewReport, _ run: SkewRun
    ) async throws -> SkewDocument.Finding {
        let id =
            try await connection.execute(
                """
                INSERT INTO asof.skew_findings (project, service, feature, cause, opened_run, opened_at, seen_run, seen_at, nights,
                    count, rate)
                VALUES ($1, $2, $3, $4, $5, $6, $5, $6, 1, $7, $8) RETURNING finding_id
                """,
                [
                    .text(project), .text(key.service), .text(key.feature), .text(key.cause), .int64(run.id),
                    .timestamptz(microseconds: report.checkedAt.microseconds), .int64(Int64(seen.count)), .float64(seen.rate),
                ]
            ).firstCell.flatMap { Int64($0) } ?? 0
        try await addNight(id, seen, run)
        let new = Open(
            id: id, openedAt: report.checkedAt.description, nights: 1, total: seen.count, rate: seen.rate, clean: 0)
        return new.document(key.service, key.feature, key.cause, cause, count: seen.count)
    }

    private func follow(
        _ known: Open, _ key: Key, _ cause: SkewCause, _ seen: Seen, _ report: SkewReport, _ run: SkewRun
    ) async throws -> SkewDocument.Finding {
        try await connection.execute(
            """
            UPDATE asof.skew_findings SET seen_run = $2, seen_at = $3, nights = nights + 1, count = count + $4, rate = $5, clean = 0
            WHERE finding_id = $1
            """,
            [
                .int64(known.id), .int64(run.id), .timestamptz(microseconds: report.checkedAt.microseconds),
                .int64(Int64(seen.count)), .float64(seen.rate),
            ])
        try await addNight(known.id, seen, run)
        let now = Open(
            id: known.id, openedAt: known.openedAt, nights: known.nights + 1, total: known.total + seen.count, rate: seen.rate,
            clean: 0)
        return now.document(key.service, key.feature, key.cause, cause, count: seen.count)
    }

    private func addNight(_ id: Int64, _ seen: Seen, _ run: SkewRun) async throws {
        try await connection.execute(
            "INSERT INTO asof.skew_finding_nights (finding_id, run_id, count, compared) VALUES ($1, $2, $3, $4)",
            [.int64(id), .int64(run.id), .int64(Int64(seen.count)), .int64(Int64(seen.compared))])
    }

    private func close(
        _ known: Open, _ key: Key, _ cause: SkewCause?, _ why: String, _ report: SkewReport, _ run: SkewRun
    ) async throws -> SkewDocument.Finding {
        try await connection.execute(
            "UPDATE asof.skew_findings SET closed_run = $2, closed_at = $3, closed_why = $4 WHERE finding_id = $1",
            [.int64(known.id), .int64(run.id), .timestamptz(microseconds: report.checkedAt.microseconds), .text(why)])
        return known.document(key.service, key.feature, key.cause, cause, count: 0, why: why)
    }
}

extension SkewFindings.Open {
    fileprivate func document(
        _ service: String, _ feature: String, _ code: String, _ cause: SkewCause?, count: Int, why: String? = nil
    ) -> SkewDocument.Finding {
        .init(
            id: id, service: service, feature: feature, code: code, words: cause?.words ?? code, openedAt: openedAt,
            nights: nights, count: count, total: total, closedWhy: why)
    }
}
