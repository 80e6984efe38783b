/// What to do about a report: the one thing that tells most.
struct SkewNextStep {
    let verdict: SkewVerdict
    let services: [SkewDocument.Service]
    let sources: [SkewDocument.Source]

    var text: String {
        switch verdict {
        case .fail: failure
        case .inconclusive: inconclusive
        case .pass: "nothing to do; `asof skew` checks what is logged from now on"
        }
    }

    private var features: [SkewDocument.Feature] { services.flatMap(\.features) }

    private var failure: String {
        let late = sources.first { $0.verdict == .fail && $0.proposal != nil }
        if let late, let proposal = late.proposal {
            return "rows of `\(late.source)` come later than declared: declare `\(proposal)`, or name its created timestamp"
        }
        let worst = features.filter { $0.verdict == .fail }.max { ($0.lowerBound, $0.different) < ($1.lowerBound, $1.different) }
        if let command = worst?.causes.lazy.compactMap(\.explain).first { return command }
        return "asof skew --json, and look at the causes"
    }

    private var inconclusive: String {
        guard features.contains(where: { $0.compared > 0 }) else {
            return "serve with `log: {sample: 1.0}` on the service, then `asof skew` again"
        }
        if let needed = features.compactMap(\.needed).max() {
            return "asof skew --since 7d, or wait for \(needed) more logged rows"
        }
        return "asof skew --since 7d"
    }
}
