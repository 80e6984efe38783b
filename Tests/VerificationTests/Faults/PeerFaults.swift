import FeatureDefs
import Oracle
import Verification

/// The defects of other feature stores (`../shared/reference/feature-store-peers.md` §3.7, by its numbers), in our terms, and
/// a few that nobody has had yet.
enum PeerFaults {
    private static let microsecond = Period(microseconds: 1)
    private static let day = Period(microseconds: 86_400_000_000)

    static let all: [FaultyEvaluator] = [
        // 1. Feathr: the value of a row depends on which other rows are in the batch.
        FaultyEvaluator("1 the window's start belongs to it, but for a key's first row") { question in
            guard !question.earlierCuts.isEmpty else { return }
            question.view = question.view.withWindows { $0 + microsecond }
        },
        // 2. Chronon: events at midnight are in training, not online.
        FaultyEvaluator("2 the window's start belongs to it online at midnight", isOnlineOnly: true) { question in
            let cut = question.cut
            question.view = question.view.withWindows { length in
                let start = cut - length
                return start == start.floored(toMultipleOf: day) ? length + microsecond : length
            }
        },
        // 3. Chronon: what a query of the day has folded in stays for the day's later queries.
        FaultyEvaluator("3 rows leave a window only at midnight") { question in
            let cut = question.cut
            let midnight = cut.floored(toMultipleOf: day)
            guard let first = question.earlierCuts.first(where: { $0 >= midnight }) else { return }
            let age = cut.microseconds - first.microseconds
            question.view = question.view.withWindows { Period(microseconds: $0.microseconds + age) }
        },
        // 4. Chronon: a read merges whole tiles, the end of the last one too.
        FaultyEvaluator("4 the tile at hand is read to its end") { question in
            let tile = question.view.schedule?.every ?? day
            question.leak(upTo: question.cut.floored(toMultipleOf: tile) + tile - microsecond)
        },
        // 5. tempo: BETWEEN the row's time and the next one's, both inclusive, and an inner join.
        FaultyEvaluator(
            "5 a row whose time is an event's comes out twice",
            copies: { question, features in features.contains { $0.eventTimestamp == question.time } ? 2 : 1 }),
        FaultyEvaluator(
            "5 a row without events does not come out",
            copies: { question, features in
                question.view.latestGroups.isEmpty || features.contains { $0.eventTimestamp != nil } ? 1 : 0
            }),
        // 6. tempo: a feature row that never existed.
        FaultyEvaluator("6 latest takes the last value that is not NULL") { question in
            question.view = question.view.with(features: { feature in
                guard case .latest(let expression, let filter) = feature.computation else { return feature }
                let isKnown = TypedExpression<ColumnReference>(.call(.isNotNull, [expression]), type: .bool)
                let both = filter.map { TypedExpression(.call(.and, [$0, isKnown]), type: .bool) } ?? isKnown
                return FeaturePlan(
                    name: feature.name, computation: .latest(expression, filter: both), type: feature.type, notes: feature.notes)
            })
        },
        // 7. OpenMLDB: a window over a union that reads on beyond the row.
        FaultyEvaluator("7 rows of the future are in the union") { question in question.leak(upTo: .infinity) },
        // 8. OpenMLDB: of equal times, whichever comes first.
        FaultyEvaluator("8 ties go to the row that was read first") { question in
            var seen = Set<[FeatureValue]>()
            let source = question.view.source
            let identity =
                question.view.joinKeyColumns.map(\.name) + [source.eventTimestamp.name]
                + (source.createdTimestamp.map { [$0.name] } ?? [])
            question.rows = question.rows.filter { row in seen.insert(identity.map { row[$0] ?? .null }).inserted }
        },
        // 9. OpenMLDB: NULL online is an empty string offline.
        FaultyEvaluator(
            "9 NULL is an empty string online", isOnlineOnly: true,
            answer: { feature, plan, _ in feature.value.isNull && plan.type == .string ? .string("") : feature.value }),
        // 10. Featureform: joined back by the feature's time instead of the row's; and no ttl.
        FaultyEvaluator(
            "10 latest is joined back at the event's time",
            answer: { feature, _, question in
                feature.eventTimestamp.map { $0 < question.time } ?? false ? .null : feature.value
            }),
        FaultyEvaluator("10 ttl is not applied") { question in question.view = question.view.with(ttl: .some(nil)) },

        FaultyEvaluator("ttl excludes its own end") { question in
            question.view = question.view.with(ttl: question.view.ttl.map { Period(microseconds: $0.microseconds - 1) })
        },
        FaultyEvaluator("rows are visible before they are known") { question in
            question.view = question.view.with(source: question.view.source.with(createdTimestamp: nil, delay: .zero))
        },
        FaultyEvaluator("delay is not applied") { question in
            let source = question.view.source
            question.view = question.view.with(source: source.with(createdTimestamp: source.createdTimestamp, delay: .zero))
        },
        FaultyEvaluator("a NULL key matches NULL") { question in
            let sentinel = FeatureValue.string("NULL")
            question.keys = question.keys.map { $0.isNull ? sentinel : $0 }
            let columns = question.view.joinKeyColumns.map(\.name)
            question.rows = question.rows.map { row in
                row.merging(columns.filter { row[$0]?.isNull ?? true }.map { ($0, sentinel) }) { _, new in new }
            }
        },
        FaultyEvaluator(
            "integers pass through a double",
            answer: { feature, _, _ in
                guard case .int64(let number) = feature.value, let rounded = Int64(exactly: Double(number)) else {
                    return feature.value
                }
                return .int64(rounded)
            }),
        FaultyEvaluator(
            "-0.0, NaN and infinity become 0 online", isOnlineOnly: true,
            answer: { feature, _, _ in
                guard case .float64(let number) = feature.value, !number.isFinite else { return feature.value }
                return .float64(0)
            }),
        FaultyEvaluator(
            "the cut forgets the lag",
            ask: { question in
                guard question.knowledge == .asServed, let schedule = question.view.schedule else { return }
                question.leak(upTo: question.time.floored(toMultipleOf: schedule.every))
            }),
    ]
}

extension Period {
    fileprivate static func + (lhs: Period, rhs: Period) -> Period {
        Period(microseconds: lhs.microseconds + rhs.microseconds)
    }
}
