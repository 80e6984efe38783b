import FeatureDefs

/// What `SourceCheckSQL.counts` found, and what it says of each expectation. Pure.
struct SourceCheckCounts: Hashable, Sendable {
    let rows: Int64
    /// The newest visible event; nil when there is none, or freshness was not asked for.
    let newest: Timestamp?
    let duplicates: Int64?
    /// For each column, by breach.
    let breaches: [[ColumnBreach: Int64]]

    private typealias Check = SourceCheckReport.Check

    /// In the order of kinds and columns of the definitions.
    func checks(_ expectations: SourceExpectations, now: Timestamp) -> [SourceCheckReport.Check] {
        var checks: [Check] = []
        if let freshness = expectations.freshness { checks.append(self.freshness(freshness, now: now)) }
        if let duplicates {
            checks.append(
                Check(
                    kind: .uniqueness, column: expectations.unique.map(\.name).joined(separator: ", "), expected: "unique",
                    found: duplicates == 0 ? "no row twice" : "\(duplicates) \(Self.rows(duplicates)) more than once",
                    breaches: duplicates, judged: rows, outcome: outcome(duplicates > 0)))
        }
        for (column, breaches) in zip(expectations.columns, breaches) { checks += self.checks(column, breaches) }
        return checks
    }

    private func freshness(_ limit: Period, now: Timestamp) -> Check {
        guard let newest else {
            return Check(
                kind: .freshness, column: nil, expected: "within \(limit)", found: "no row has happened", breaches: 1, judged: 1,
                outcome: .fail)
        }
        let isStale = newest < now - limit
        let (age, overflow) = now.microseconds.subtractingReportingOverflow(newest.microseconds)
        let words = overflow ? "long ago" : "\(Period(microseconds: age - age % (age < 1_000_000 ? 1 : 1_000_000))) ago"
        return Check(
            kind: .freshness, column: nil, expected: "within \(limit)", found: "newest \(newest), \(words)",
            breaches: isStale ? 1 : 0, judged: 1, outcome: isStale ? .fail : .pass)
    }

    private func checks(_ expectation: ColumnExpectation, _ breaches: [ColumnBreach: Int64]) -> [Check] {
        var checks: [Check] = []
        let name = expectation.column.name
        if let type = expectation.type {
            let isRight = expectation.isOfDeclaredType
            checks.append(
                Check(
                    kind: .type, column: name, expected: type.description,
                    found: expectation.column.storage.featureType.description, breaches: isRight ? 0 : 1, judged: 1,
                    outcome: isRight ? .pass : .fail))
        }
        let values = rows - (breaches[.null] ?? 0)
        func add(
            _ kind: SourceCheckReport.Kind, _ breach: ColumnBreach, of judged: Int64, share: Share, expected: String,
            _ words: String
        ) {
            guard let count = breaches[breach] else {
                checks.append(
                    Check(
                        kind: kind, column: name, expected: expected, found: "not judged: the column has another type",
                        breaches: 0, judged: 0, outcome: .inconclusive))
                return
            }
            checks.append(
                Check(
                    kind: kind, column: name, expected: expected, found: Self.found(count, of: judged, words), breaches: count,
                    judged: judged, outcome: judged == 0 ? .inconclusive : outcome(share.isExceeded(by: count, of: judged))))
        }
        if let nulls = expectation.nulls { add(.nulls, .null, of: rows, share: nulls, expected: "up to \(nulls)", "NULL") }
        if let nans = expectation.nans { add(.nans, .nan, of: values, share: nans, expected: "up to \(nans)", "NaN") }
        let allowance = expectation.allowed == .zero ? "" : ", but for \(expectation.allowed)"
        if expectation.hasRange {
            let bounds = [expectation.minimum?.text ?? "", "..", expectation.maximum?.text ?? ""].filter { !$0.isEmpty }
            add(
                .range, .range, of: values, share: expectation.allowed, expected: bounds.joined(separator: " ") + allowance,
                "outside")
        }
        if !expectation.domain.isEmpty {
            add(
                .domain, .domain, of: values, share: expectation.allowed, expected: Self.words(expectation.domain) + allowance,
                "none of them")
        }
        return checks
    }

    /// Without rows there is nothing to judge.
    private func outcome(_ isBroken: Bool) -> SourceCheckReport.Outcome {
        isBroken ? .fail : rows == 0 ? .inconclusive : .pass
    }

    private static func rows(_ count: Int64) -> String { count == 1 ? "row" : "rows" }

    private static func found(_ count: Int64, of judged: Int64, _ words: String) -> String {
        guard judged > 0 else { return "nothing to judge" }
        guard count > 0 else { return "none of \(judged) \(words)" }
        let percent = Double(count) / Double(judged) * 100
        let digits = percent >= 10 ? 1.0 : percent >= 0.1 ? 100 : 10_000
        return "\(count) of \(judged) \(words) (\((percent * digits).rounded() / digits)%)"
    }

    private static func words(_ values: [FeatureValue]) -> String {
        let shown = values.prefix(5).map { $0.text ?? "" }.joined(separator: ", ")
        return values.count > 5 ? "\(shown) and \(values.count - 5) more" : shown
    }
}
