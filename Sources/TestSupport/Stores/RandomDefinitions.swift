import FeatureDefs
import Oracle
import Verification

/// Writes definitions over random tables, as YAML.
struct RandomDefinitions {
    private let lattice: TimeLattice
    private let options: RandomStore.Options
    private var random: SeededGenerator
    private var sources: [String] = []
    private var views: [String] = []
    private var viewNames: [String] = []
    /// What on-demand features may read: full names of features that are equal bit for bit in every strategy.
    private var numbers: [String] = []
    private var texts: [String] = []
    private var lists: [String] = []
    private var textLists: [String] = []

    init(lattice: TimeLattice, options: RandomStore.Options, random: SeededGenerator) {
        self.lattice = lattice
        self.options = options
        self.random = random
    }

    /// Adds a table as a source, with a view or two over it.
    mutating func addSource(_ table: RandomTable, hasCreated: Bool) {
        var lines = ["  \(table.name):"]
        lines.append(random.oneIn(4) ? "    query: SELECT * FROM \(table.name)" : "    table: \(table.name)")
        lines.append("    event_timestamp: happened_at")
        // Also beside a created timestamp, whose NULLs it stands in for.
        if hasCreated { lines.append("    created_timestamp: Created At") }
        if !random.oneIn(3) { lines.append("    delay: \(lattice.shortPeriod(random: &random))") }
        sources.append(lines.joined(separator: "\n"))
        for _ in 0..<Int.random(in: 1...2, using: &random) { addView(over: table) }
    }

    private mutating func addView(over table: RandomTable) {
        let name = "v\(viewNames.count)"
        viewNames.append(name)
        let entities = random.pick([
            "[left]", "[right]", "[left, right]", "[right, left]", "[tagged]", "[device, left]", "[tagged, right]",
        ])
        var lines = ["  \(name):", "    entities: \(entities)", "    source: \(table.name)"]
        if random.oneIn(2) { lines.append("    filter: \"\(random.pick(Self.filters))\"") }
        if options.isServable || random.oneIn(2) {
            let every =
                random.oneIn(8) ? Period(microseconds: lattice.unit.microseconds + 1) : lattice.times(random.pick([1, 1, 2, 3]))
            lines.append("    schedule: {every: \(every), lag: \(lattice.shortPeriod(random: &random))}")
        }
        if random.oneIn(2) { lines.append("    ttl: \(lattice.period(random: &random))") }
        lines.append("    features:")
        for index in 0..<Int.random(in: 2...6, using: &random) {
            lines.append("      \(name)_f\(index): {\(feature(named: "\(name).\(name)_f\(index)"))}")
        }
        views.append(lines.joined(separator: "\n"))
    }

    private mutating func feature(named name: String) -> String {
        let filter = random.oneIn(3) ? ", filter: \"\(random.pick(Self.filters))\"" : ""
        if random.oneIn(2) {
            let (expression, kind) = random.pick(Self.expressions)
            note(name, kind)
            return "latest: \"\(expression)\"\(filter)"
        }
        let window = ", window: \(lattice.period(random: &random))"
        switch Int.random(in: 0..<13, using: &random) {
        case 10, 11, 12:
            let (expression, kind) = random.pick(Self.expressions.filter { $0.kind != .list && $0.kind != .texts })
            note(name, kind == .text ? .texts : .list)
            return "last_n: \"\(expression)\", n: \(random.pick([1, 2, 3, 5, 1000]))\(window)\(filter)"
        case 8, 9:
            let (expression, kind) = random.pick(Self.expressions)
            note(name, kind)
            return "first: \"\(expression)\"\(window)\(filter)"
        case 5:
            note(name, .number)
            return "distinct_count: \"\(random.pick(Self.expressions).text)\"\(window)\(filter)"
        case 6, 7:
            note(name, .inexact)
            return "\(random.pick(["variance", "stddev"])): \"\(random.pick(Self.summands).text)\"\(window)\(filter)"
        case 0:
            note(name, .number)
            return "count: \"\(random.oneIn(2) ? "*" : random.pick(Self.expressions).text)\"\(window)\(filter)"
        case 1, 2:
            let (argument, kind) = random.pick(Self.summands)
            note(name, kind)
            return "\(random.pick(["sum", "mean"])): \"\(argument)\"\(window)\(filter)"
        default:
            let (expression, kind) = random.pick(
                Self.expressions.filter { $0.kind != .unordered && $0.kind != .list && $0.kind != .texts })
            note(name, kind)
            return "\(random.pick(["min", "max"])): \"\(expression)\"\(window)\(filter)"
        }
    }

    private mutating func note(_ name: String, _ kind: Kind) {
        switch kind {
        case .number: numbers.append(name)
        case .text: texts.append(name)
        case .texts: textLists.append(name)
        case .list: lists.append(name)
        case .other, .unordered, .inexact: break
        }
    }

    /// What may be done with a value.
    private enum Kind { case number, inexact, text, other, unordered, list, texts }

    private static let filters = [
        "status = 'settled'", "flag", "not flag", "amount > 1.5", "quantity is not null", "status in ('open', 'é')",
        "status < 'settled'", "quantity <> 0 and 12 % quantity = 0", "coalesce(flag, true)", "seen_at >= happened_at",
        "scores = scores", "labels is null or length(labels) > 1",
        "case when quantity > 0 then 12 % quantity else 1 end > 0", "amount is null or ratio <> 0.5",
    ]

    private static let expressions: [(text: String, kind: Kind)] = [
        ("amount", .number), ("noise", .number), ("ratio", .other), ("quantity", .number), ("serial", .number), ("status", .text),
        ("flag", .unordered), ("seen_at", .other), ("payload", .unordered), ("device", .unordered), ("tag", .text),
        ("lossy_float64(price)", .number), ("upper(status)", .text), ("length(status)", .number), ("status || '!'", .text),
        ("coalesce(amount, 0)", .number), ("case when flag then amount else -amount end", .number), ("quantity % 3", .number),
        ("seen_at - happened_at", .number), ("extract(hour from seen_at)", .number), ("extract(year from happened_at)", .number),
        ("round(amount)", .number), ("nullif(quantity, 0) * 2", .number), ("happened_at", .other),
        ("cast(quantity as float64)", .number),
        ("greatest(amount, ratio)", .number), ("substring(status, 2, 3)", .text), ("concat(tag, '-', status)", .text),
        ("scores", .list), ("labels", .texts), ("counts", .list), ("length(scores)", .number),
        ("cast(case when length(weights) = 2 then weights end as vector<2>)", .list), ("coalesce(counts, counts)", .list),
        ("case when flag then labels end", .texts), ("nullif(scores, scores)", .list), ("seen_times", .list),
    ]

    private static let summands: [(text: String, kind: Kind)] = [
        ("amount", .number), ("noise", .inexact), ("quantity", .number), ("serial", .number), ("length(status)", .number),
        ("amount * 2", .number), ("coalesce(quantity, 1)", .number), ("ratio", .inexact),
        ("case when flag then 1 else 0 end", .number), ("2.5", .number),
    ]

    // MARK: The file

    mutating func yaml() -> String {
        let services = """
            feature_services:
              \(RandomStore.serviceName):
                features: [\((viewNames + ["derived"]).joined(separator: ", "))]
            """
        return """
            entities:
              left: {join_keys: {x: int64}}
              right: {join_keys: {y: int64}}
              tagged: {join_keys: {tag: string}}
              device: {join_keys: {device: uuid}}

            sources:
            \(sources.joined(separator: "\n"))

            feature_views:
            \(views.joined(separator: "\n"))

            on_demand_feature_views:
              derived:
                request: {asked: float64, note: string, history: list<float64>, words: list<string>, point: vector<2>}
                features:
            \(onDemandFeatures().joined(separator: "\n"))

            \(services)

            """
    }

    private mutating func onDemandFeatures() -> [String] {
        var features = ["d0: \"coalesce(asked, 0) + 1\""]
        if let number = numbers.randomElement(using: &random) {
            features.append("d1: \"case when \(number) > asked then 'above' else concat(note, '?') end\"")
            features.append("d2: \"\(number) is null or \(number) = asked\"")
            features.append("d3: \"coalesce(cast(\(number) as float64), asked) / nullif(asked, 0)\"")
            if options.hasFailingOnDemandFeatures { features.append("d4: \"10 / cast(\(number) as float64)\"") }
        }
        features.append("d7: \"coalesce(length(history), 0) + coalesce(length(words), -1)\"")
        features.append("d8: \"case when length(history) > 1 then point end\"")
        if let list = lists.randomElement(using: &random) {
            features.append("d9: \"\(list)\"")
            features.append("d10: \"length(\(list)) = 2 or \(list) is null\"")
        }
        if let list = textLists.randomElement(using: &random) {
            features.append("d11: \"coalesce(\(list), words)\"")
            features.append("d12: \"nullif(\(list), words) is not null and \(list) <> words\"")
        }
        if let text = texts.randomElement(using: &random) { features.append("d5: \"upper(\(text)) || note\"") }
        features.append("d6: \"case when derived.d0 > 2 then derived.d0 end\"")
        return features.map { "      \($0)" }
    }
}
