import DriftMonitor
package import FeatureDefs
package import OfflineStore

/// What could be expected of a source, going by its rows, each with the evidence: a draft for its owner to judge.
///
/// Conservative, for an expectation that cries wolf is soon deleted: nothing is proposed of fewer than `minimumRows` rows, ranges
/// go twice as far as the data, shares up to the 99% upper bound of what was seen, and values are listed only where a new one
/// would surprise.
package struct ExpectationProposal: Hashable, Sendable, Encodable {
    /// One key of the YAML.
    package struct Item: Hashable, Sendable, Encodable {
        /// nil for a key of the source itself.
        package let column: String?
        /// `min: 0`
        package let text: String
        package let evidence: String
    }

    package static let minimumRows: Int64 = 1000
    package static let valueLimit = 20
    /// A value that came less often says that others may come.
    private static let leastOccurrences: Int64 = 10

    package let source: String
    package let rows: Int64
    package let items: [Item]

    /// - Parameter keys: columns that identify entities, of which no range is proposed.
    package init(_ statistics: SourceStatistics, keys: Set<String>, now: Timestamp) {
        source = statistics.source.name
        rows = statistics.rows
        let isEnough = statistics.rows >= Self.minimumRows
        var items: [Item] = []
        let limit = Self.roundedUp(Period(microseconds: 3 * min(statistics.longestGap?.microseconds ?? 0, .max / 3)))
        // A source that is quiet for longer than ever is not one that gets news.
        if isEnough, let gap = statistics.longestGap, gap > .zero, let newest = statistics.newest, newest >= now - limit {
            items.append(Item(column: nil, text: "freshness: \(limit)", evidence: "the longest gap between events was \(gap)"))
        }
        let unique = statistics.columns.first { $0.nulls == 0 && $0.distinct == statistics.rows }
        if isEnough, let unique {
            items.append(
                Item(
                    column: nil, text: "unique: [\(Self.quoted(unique.column.name))]",
                    evidence: "\(statistics.rows) rows, as many values"))
        }
        for column in statistics.columns {
            items.append(
                Item(
                    column: column.column.name, text: "type: \(column.column.storage.featureType)",
                    evidence: "as the catalogue has it"))
            if isEnough {
                items += Self.items(
                    of: column, rows: statistics.rows, isKey: column == unique || keys.contains(column.column.name))
            }
        }
        self.items = items
    }

    private static func items(of column: SourceStatistics.Column, rows: Int64, isKey: Bool) -> [Item] {
        let name = column.column.name
        var items = [
            Item(column: name, text: "nulls: \(share(column.nulls, of: rows))", evidence: "\(column.nulls) of \(rows) NULL")
        ]
        let values = rows - column.nulls
        guard values >= minimumRows else { return items }
        if column.column.storage.featureType.isFloatingPoint {
            items.append(
                Item(column: name, text: "nans: \(share(column.nans, of: values))", evidence: "\(column.nans) of \(values) NaN"))
        }
        if !isKey, let least = column.least.flatMap({ Double($0) }), let greatest = column.greatest.flatMap({ Double($0) }),
            let (low, high) = range(least, greatest, isWhole: column.column.storage.featureType == .int64)
        {
            items.append(Item(column: name, text: "min: \(low)", evidence: "the least of \(values) is \(column.least ?? "")"))
            items.append(
                Item(column: name, text: "max: \(high)", evidence: "the greatest of \(values) is \(column.greatest ?? "")"))
        }
        if !isKey, !column.values.isEmpty, column.values.allSatisfy({ $0.count >= leastOccurrences }) {
            let listed = column.values.map { quoted($0.text) }.sorted().joined(separator: ", ")
            items.append(
                Item(
                    column: name, text: "in: [\(listed)]",
                    evidence:
                        "\(column.values.count) values in \(values) rows, the rarest \(column.values.last?.count ?? 0) times"))
        }
        return items
    }

    /// 0 where none was seen, else the 99% upper bound of the share, rounded up to two digits.
    private static func share(_ count: Int64, of rows: Int64) -> Share {
        guard count > 0 else { return .zero }
        let upper = BinomialInterval.clopperPearsonUpper(Double(count), of: Double(rows), alpha: 0.01)
        return Share(min(1, roundedOutward(upper, digits: 2))) ?? .zero
    }

    /// As far again on both sides as the values reach, but not past zero where they do not cross it; nil when that is no finite number.
    private static func range(_ least: Double, _ greatest: Double, isWhole: Bool) -> (low: String, high: String)? {
        let reach = max(greatest - least, abs(greatest), abs(least))
        let low = least >= 0 ? 0 : roundedOutward(least - reach, digits: 1)
        let high = greatest <= 0 ? 0 : roundedOutward(greatest + reach, digits: 1)
        guard reach > 0, low.isFinite, high.isFinite else { return nil }
        guard isWhole else { return (number(low), number(high)) }
        return Int64(exactly: low).flatMap { low in Int64(exactly: high).map { ("\(low)", "\($0)") } }
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? value.description
    }

    /// Away from zero.
    private static func roundedOutward(_ value: Double, digits: Int) -> Double {
        guard value != 0, value.isFinite else { return value }
        let (magnitude, unit) = (abs(value), Decimals.power(digits - 1 - Decimals.exponent(abs(value))))
        let rounded =
            unit >= 1 ? (magnitude * unit - 1e-9).rounded(.up) / unit : (magnitude * unit - 1e-9).rounded(.up) * (1 / unit)
        return value < 0 ? -rounded : rounded
    }

    private static func roundedUp(_ period: Period) -> Period {
        let unit = Period.units.first { $0.suffix != "w" && $0.microseconds <= period.microseconds }?.microseconds ?? 1
        let (rounded, overflow) = ((period.microseconds - 1) / unit + 1).multipliedReportingOverflow(by: unit)
        return Period(microseconds: overflow ? period.microseconds : rounded)
    }

    /// A text as YAML reads it back, whatever it looks like.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029 || scalar.value == 0xFEFF:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// Powers of ten, for rounding to digits.
private enum Decimals {
    /// The exponent of the first digit: 2 of 345.
    static func exponent(_ magnitude: Double) -> Int {
        var exponent = 0
        var rest = magnitude
        while rest >= 10, exponent < 400 { (rest, exponent) = (rest / 10, exponent + 1) }
        while rest < 1, exponent > -400 { (rest, exponent) = (rest * 10, exponent - 1) }
        return exponent
    }

    static func power(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<abs(exponent) { power *= 10 }
        return exponent < 0 ? 1 / power : power
    }
}

extension ExpectationProposal {
    /// The `expect:` of the source, to paste below `sources:`.
    package var yaml: String {
        var lines = ["sources:", "  \(source):", "    expect:  # from \(rows) rows"]
        if rows < Self.minimumRows {
            lines.append("      # of fewer than \(Self.minimumRows) rows, types are all that is proposed")
        }
        let width = 44
        let line = { (indent: String, item: Item) in
            let text = indent + item.text
            return text + String(repeating: " ", count: max(2, width - text.count)) + "# \(item.evidence)"
        }
        for item in items where item.column == nil { lines.append(line("      ", item)) }
        if items.contains(where: { $0.column != nil }) { lines.append("      columns:") }
        var column: String?
        for item in items {
            guard let name = item.column else { continue }
            if name != column { lines.append("        \(Self.quoted(name)):") }
            column = name
            lines.append(line("          ", item))
        }
        return lines.joined(separator: "\n")
    }
}
