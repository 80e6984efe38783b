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
    /// Of each view.
    private var joinKeys: [String: [String]] = [:]
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
        lines.append(
            !options.takesPushes && random.oneIn(4) ? "    query: SELECT * FROM \(table.name)" : "    table: \(table.name)")
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
            ["left"], ["right"], ["left", "right"], ["right", "left"], ["tagged"], ["device", "left"], ["tagged", "right"], [],
        ])
        joinKeys[name] = entities.compactMap { Self.keyOfEntity[$0] }
        var lines = [
            "  \(name):", "    entities: [\(entities.joined(separator: ", "))]", "    source: \(table.name)",
        ]
        if random.oneIn(2) { lines.append("    filter: \"\(random.pick(Self.filters))\"") }
        let isPushed = options.takesPushes && random.oneIn(2)
        if !isPushed, options.isServable || random.oneIn(2) {
            let every =
                random.oneIn(8) ? Period(microseconds: lattice.unit.microseconds + 1) : lattice.times(random.pick([1, 1, 2, 3]))
            lines.append("    schedule: {every: \(every), lag: \(lattice.shortPeriod(random: &random))}")
        }
        if random.oneIn(2) { lines.append("    ttl: \(lattice.period(random: &random))") }
        lines.append("    features:")
        for index in 0..<Int.random(in: 2...6, using: &random) {
            lines.append("      \(name)_f\(index): {\(feature(named: "\(name).\(name)_f\(index)", isLatest: isPushed))}")
        }
        views.append(lines.joined(separator: "\n"))
    }

    private mutating func feature(named name: String, isLatest: Bool) -> String {
        let filter = random.oneIn(3) ? ", filter: \"\(random.pick(Self.filters))\"" : ""
        if isLatest || random.oneIn(2) {
            let (expression, kind, type) = random.pick(Self.expressions)
            note(name, kind)
            return "latest: \"\(expression)\"\(filter)\(defaultValue(type))"
        }
        let window = ", window: \(lattice.period(random: &random))"
        switch Int.random(in: 0..<13, using: &random) {
        case 10, 11, 12:
            let (expression, kind, type) = random.pick(Self.expressions.filter { $0.kind != .list && $0.kind != .texts })
            note(name, kind == .text ? .texts : .list)
            let n = random.pick([1, 2, 3, 5, 1000])
            let substitute = type.scalar.map { defaultValue(.list($0)) } ?? ""
            return "last_n: \"\(expression)\", n: \(n)\(window)\(filter)\(substitute)"
        case 8, 9:
            let (expression, kind, type) = random.pick(Self.expressions)
            note(name, kind)
            return "first: \"\(expression)\"\(window)\(filter)\(defaultValue(type))"
        case 5:
            note(name, .number)
            return "distinct_count: \"\(random.pick(Self.expressions).text)\"\(window)\(filter)"
        case 6, 7:
            note(name, .inexact)
            let aggregate = random.pick(["variance", "stddev"])
            return "\(aggregate): \"\(random.pick(Self.summands).text)\"\(window)\(filter)\(defaultValue(.float64))"
        case 0:
            note(name, .number)
            return "count: \"\(random.oneIn(2) ? "*" : random.pick(Self.expressions).text)\"\(window)\(filter)"
        case 1:
            let (argument, kind, type) = random.pick(Self.summands)
            note(name, kind)
            return "sum: \"\(argument)\"\(window)\(filter)\(defaultValue(type))"
        case 2:
            let (argument, kind, _) = random.pick(Self.summands)
            note(name, kind)
            return "mean: \"\(argument)\"\(window)\(filter)\(defaultValue(.float64))"
        default:
            let (expression, kind, type) = random.pick(
                Self.expressions.filter { $0.kind != .unordered && $0.kind != .list && $0.kind != .texts })
            note(name, kind)
            return "\(random.pick(["min", "max"])): \"\(expression)\"\(window)\(filter)\(defaultValue(type))"
        }
    }

    /// What stands in for NULL, seldom.
    private mutating func defaultValue(_ type: FeatureType) -> String {
        guard random.oneIn(3), let values = Self.defaults[type] else { return "" }
        return ", default: \(random.pick(values))"
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

    private static let expressions: [(text: String, kind: Kind, type: FeatureType)] = [
        ("amount", .number, .float64), ("noise", .number, .float64), ("ratio", .other, .float32), ("quantity", .number, .int64),
        ("serial", .number, .int64), ("status", .text, .string), ("flag", .unordered, .bool), ("seen_at", .other, .timestamp),
        ("payload", .unordered, .bytes), ("device", .unordered, .uuid), ("tag", .text, .string),
        ("lossy_float64(price)", .number, .float64), ("upper(status)", .text, .string), ("length(status)", .number, .int64),
        ("status || '!'", .text, .string), ("coalesce(amount, 0)", .number, .float64),
        ("case when flag then amount else -amount end", .number, .float64), ("quantity % 3", .number, .int64),
        ("seen_at - happened_at", .number, .float64), ("extract(hour from seen_at)", .number, .int64),
        ("extract(year from happened_at)", .number, .int64), ("round(amount)", .number, .float64),
        ("nullif(quantity, 0) * 2", .number, .int64), ("happened_at", .other, .timestamp),
        ("cast(quantity as float64)", .number, .float64), ("greatest(amount, ratio)", .number, .float64),
        ("substring(status, 2, 3)", .text, .string), ("concat(tag, '-', status)", .text, .string),
        ("scores", .list, .list(.float64)), ("labels", .texts, .list(.string)), ("counts", .list, .list(.int64)),
        ("length(scores)", .number, .int64),
        ("cast(case when length(weights) = 2 then weights end as vector<2>)", .list, .vector(2)),
        ("coalesce(counts, counts)", .list, .list(.int64)), ("case when flag then labels end", .texts, .list(.string)),
        ("nullif(scores, scores)", .list, .list(.float64)), ("seen_times", .list, .list(.timestamp)),
    ]

    private static let summands: [(text: String, kind: Kind, type: FeatureType)] = [
        ("amount", .number, .float64), ("noise", .inexact, .float64), ("quantity", .number, .int64), ("serial", .number, .int64),
        ("length(status)", .number, .int64), ("amount * 2", .number, .float64), ("coalesce(quantity, 1)", .number, .int64),
        ("ratio", .inexact, .float64), ("case when flag then 1 else 0 end", .number, .int64), ("2.5", .number, .float64),
    ]

    private static let defaults: [FeatureType: [String]] = [
        .int64: ["0", "-1", "9007199254740993", "-9223372036854775808"],
        .float64: ["0", "-0.0", "0.1", ".nan", "-.inf", "1e-320"], .float32: ["0.1", "-2", ".nan"],
        .string: ["''", "none", "'it''s'", "'0'", "é"], .bool: ["true", "false"],
        .timestamp: ["'1969-12-31T23:59:59.999999Z'", "'2024-03-10T02:30:00Z'"], .bytes: [#"'\x'"#, #"'\x00ff'"#],
        .uuid: ["00000000-0000-0000-0000-00000000000a"], .list(.float64): ["'{}'", "'{0.5,NULL,NaN}'"],
        .list(.string): ["'{}'", #"'{a,"b c",NULL}'"#], .list(.int64): ["'{}'", "'{1,NULL,-9223372036854775808}'"],
        .list(.timestamp): [#"'{"1969-12-31T23:59:59.999999Z"}'"#], .vector(2): ["'{0.5,-0}'"], .list(.float32): ["'{0.1}'"],
        .list(.bool): ["'{true,NULL}'"], .list(.bytes): [#"'{"\\x00ff"}'"#], .list(.uuid): ["'{}'"],
    ]

    private static let keyOfEntity = ["left": "x", "right": "y", "tagged": "tag", "device": "device"]

    // MARK: The file

    mutating func yaml() -> String {
        let entries = viewNames + ["derived", "combined"] + aliases()
        let services = """
            feature_services:
              \(RandomStore.serviceName):
                features:
            \(entries.map { "      - \($0)" }.joined(separator: "\n"))
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
            \(combined())

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

    // MARK: Names of the service's own

    /// `{x: other_x}`: some keys from columns of other names, perhaps of another key's.
    private mutating func keys(of view: String) -> String {
        let others = ["x": ["other_x", "other_x", "y"], "y": ["other_y", "other_y", "x"]]
        let entries = (joinKeys[view] ?? []).compactMap { key in
            random.oneIn(5) ? nil : "\(key): \(random.pick(others[key] ?? ["other_\(key)"]))"
        }
        return "{\(entries.joined(separator: ", "))}"
    }

    private mutating func aliases() -> [String] {
        let (again, one) = (random.pick(viewNames), random.pick(viewNames))
        var entries = ["{feature: derived.d0, as: shifted}"]
        if random.oneIn(2) { entries.append("{view: \(again), as: again, keys: \(keys(of: again))}") }
        if random.oneIn(2) { entries.append("{view: \(one), as: once_more, keys: \(keys(of: one))}") }
        if random.oneIn(2) { entries.append("{feature: \(one).\(one)_f0, as: renamed, keys: \(keys(of: one))}") }
        return entries
    }

    /// An on-demand view that reads one view for two entities.
    private mutating func combined() -> String {
        let view = random.pick(viewNames)
        let feature = "\(view)_f\(Int.random(in: 0...1, using: &random))"
        var lines = [
            "  combined:", "    views: {there: {view: \(view), keys: \(keys(of: view))}}", "    request: {asked: float64}",
            "    features:", "      c0: \"there.\(feature) is null and \(view).\(feature) is not null\"",
            "      c1: \"not combined.c0 or asked > 1\"",
        ]
        if numbers.contains("\(view).\(feature)") {
            lines.append("      c2: \"cast(there.\(feature) as float64) > cast(\(view).\(feature) as float64)\"")
        }
        return lines.joined(separator: "\n")
    }
}
