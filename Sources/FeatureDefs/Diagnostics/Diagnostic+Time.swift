// AS03xx: windows and time.
extension Diagnostic {
    static func invalidPeriod(_ text: String, key: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .invalidPeriod, "`\(text)` is not a period", at: Label(span, "the value of `\(key)`"),
            help: [
                "write a number with a unit, as in `7d`, `1h30m`, `250ms`; units: \(Period.units.map(\.suffix).joined(separator: ", "))"
            ]
        )
    }

    static func periodNotPositive(_ period: Period, key: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.periodNotPositive, "`\(key)` must be longer than 0, not \(period)", at: Label(span))
    }

    static func negativePeriod(_ period: Period, key: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.negativePeriod, "`\(key)` must not be below 0, as \(period) is", at: Label(span))
    }

    static func notAnInstant(_ column: String, key: String, found: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .notAnInstant, "`\(key)` needs a column of times, and `\(column)` is \(found)", at: Label(span, found),
            help: ["its type must be timestamptz, timestamp (read as UTC) or date (read as midnight UTC)"]
        )
    }

    static func missingWindow(_ aggregate: AggregateFunction, of feature: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .missingWindow, "`\(aggregate.name)` of feature `\(feature)` needs a window", at: Label(span),
            help: ["write, for example, `window: 7d`"]
        )
    }

    static func windowOnLatest(of feature: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .windowOnLatest, "feature `\(feature)` is `latest`, which has no window", at: Label(span),
            help: ["remove `window`; the view's `ttl` bounds the age of a latest value"]
        )
    }
}
