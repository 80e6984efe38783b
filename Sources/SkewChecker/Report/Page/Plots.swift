import Foundation

/// The plots of a feature. Each says in its caption what it shows, and nothing where there is nothing to show.
enum Plot {
    static let width = 400.0
    static let height = 150.0
    /// Where the marks are: inside the axes' labels.
    static let left = 62.0
    static let right = 392.0
    static let top = 10.0
    static let bottom = 128.0

    static func figure(_ caption: String, height: Double = Plot.height, _ marks: [String]) -> String {
        """
        <figure><svg viewBox="0 0 \(number(width)) \(number(height))" role="img" aria-label="\(Markup.escaped(caption))">
        \(marks.joined(separator: "\n"))
        </svg><figcaption>\(Markup.escaped(caption))</figcaption></figure>
        """
    }

    static var axes: String {
        "<path class=\"axis\" fill=\"none\" d=\"M\(number(left)) \(number(top))V\(number(bottom))H\(number(right))\"/>"
    }

    static func text(_ text: String, x: Double, y: Double, anchor: String = "start") -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(Markup.escaped(text))</text>"
    }

    static func rectangle(_ kind: String, x: Double, y: Double, width: Double, height: Double) -> String {
        "<rect class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(width, 0.5)))\" "
            + "height=\"\(number(max(height, 0)))\"/>"
    }

    /// A tenth of a pixel is enough.
    static func number(_ value: Double) -> String {
        let tenths = (value * 10).rounded()
        return tenths.isFinite && tenths.magnitude < 1e9 ? "\(Double(Int(tenths)) / 10)" : "0"
    }

    /// A finite value of a feature beside an axis: to two places, from `limit` on and below 0.01 with an exponent.
    static func short(_ value: Double, limit: Double = 1e6) -> String {
        value.magnitude >= limit || (value != 0 && value.magnitude < 0.01)
            ? String(format: "%.1e", value) : "\(Double(Int((value * 100).rounded())) / 100)"
    }
}

/// The share that differs hour by hour, with Wilson's interval.
struct HourPlot {
    private let feature: SkewDocument.Feature

    init(_ feature: SkewDocument.Feature) { self.feature = feature }

    var figure: String {
        let hours = feature.hours
        guard !hours.isEmpty else { return "" }
        let highest = max(0.001, hours.map { $0.compared == 0 ? 0 : $0.interval[1] }.max() ?? 0)
        // A few hours do not fill the plot with walls.
        let step = min(60, (Plot.right - Plot.left) / Double(hours.count))
        func y(_ share: Double) -> Double { Plot.bottom - (Plot.bottom - Plot.top) * share / highest }
        var marks = [Plot.axes]
        for (index, hour) in hours.enumerated() {
            let x = Plot.left + step * Double(index)
            let share = Double(hour.different) / Double(max(1, hour.compared))
            marks.append(
                Plot.rectangle(
                    hour.different > 0 ? "bad" : "mark", x: x + step * 0.15, y: y(share), width: step * 0.7,
                    height: Plot.bottom - y(share)))
            let middle = Plot.number(x + step / 2)
            marks.append(
                "<path class=\"whisker\" d=\"M\(middle) \(Plot.number(y(hour.interval[0])))V\(Plot.number(y(hour.interval[1])))\"/>"
            )
        }
        marks.append(Plot.text(Share.text(highest), x: Plot.left - 4, y: Plot.top + 8, anchor: "end"))
        marks.append(Plot.text("0", x: Plot.left - 4, y: Plot.bottom, anchor: "end"))
        marks.append(Plot.text(Self.short(hours[0].hour), x: Plot.left, y: Plot.bottom + 16))
        if hours.count > 1 {
            let end = max(Plot.left + 150, Plot.left + step * Double(hours.count))
            marks.append(Plot.text(Self.short(hours[hours.count - 1].hour), x: end, y: Plot.bottom + 16, anchor: "end"))
        }
        return Plot.figure("Share that differs, by hour of serving, with its 95 % interval", marks)
    }

    /// `03-02 11:00`
    private static func short(_ instant: String) -> String {
        guard instant.count >= 16 else { return instant }
        let characters = Array(instant)
        return String(characters[5..<10]) + " " + String(characters[11..<16])
    }
}

/// How many differ for which cause.
struct CausePlot {
    private let feature: SkewDocument.Feature

    init(_ feature: SkewDocument.Feature) { self.feature = feature }

    var figure: String {
        let causes = feature.causes.prefix(8)
        guard let most = causes.map(\.count).max() else { return "" }
        var marks: [String] = []
        for (index, cause) in causes.enumerated() {
            let y = 8 + Double(index) * 34
            marks.append(Plot.text("\(cause.count)  \(cause.code)", x: 4, y: y + 10))
            marks.append(
                Plot.rectangle("bad", x: 4, y: y + 15, width: (Plot.width - 12) * Double(cause.count) / Double(most), height: 9))
        }
        return Plot.figure("Values that differ, by cause", height: 12 + Double(causes.count) * 34, marks)
    }
}

/// How old the stored row's cut was when it was served.
struct AgePlot {
    private let feature: SkewDocument.Feature

    init(_ feature: SkewDocument.Feature) { self.feature = feature }

    var figure: String {
        let counts = feature.ageCounts
        guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }),
            let most = counts.max()
        else { return "" }
        let step = (Plot.right - Plot.left) / Double(last - first + 1)
        var marks = [Plot.axes]
        for index in first...last {
            let height = (Plot.bottom - Plot.top) * Double(counts[index]) / Double(most)
            marks.append(
                Plot.rectangle(
                    "mark", x: Plot.left + step * Double(index - first) + step * 0.08, y: Plot.bottom - height,
                    width: step * 0.84, height: height))
        }
        marks.append(Plot.text("\(most)", x: Plot.left - 4, y: Plot.top + 8, anchor: "end"))
        marks.append(Plot.text(first == 0 ? "0" : duration(first - 1), x: Plot.left, y: Plot.bottom + 16))
        marks.append(
            Plot.text(
                last < feature.ageEnds.count ? duration(last) : "over \(duration(feature.ageEnds.count - 1))", x: Plot.right,
                y: Plot.bottom + 16, anchor: "end"))
        return Plot.figure("Age of the stored row's cut when served, in ranges that double", marks)
    }

    private func duration(_ index: Int) -> String {
        let seconds = feature.ageEnds[index]
        if seconds < 120 { return "\(Int(seconds)) s" }
        if seconds < 7200 { return "\(Int((seconds / 60).rounded())) min" }
        if seconds < 172_800 { return "\(Int((seconds / 3600).rounded())) h" }
        return "\(Int((seconds / 86_400).rounded())) d"
    }
}

/// Served values against recomputed ones: on the diagonal they are equal.
struct PairPlot {
    private let feature: SkewDocument.Feature

    init(_ feature: SkewDocument.Feature) { self.feature = feature }

    var figure: String {
        let numbers = feature.pairs.flatMap { [$0.served, $0.recomputed] }
        guard let least = numbers.min(), let greatest = numbers.max() else { return "" }
        let span = greatest - least
        let height = 260.0
        let bottom = height - 24
        func place(_ value: Double, _ from: Double, _ to: Double) -> Double {
            span > 0 && span.isFinite ? from + (to - from) * (value - least) / span : (from + to) / 2
        }
        var marks = [
            "<path class=\"axis\" fill=\"none\" d=\"M\(Plot.number(Plot.left)) \(Plot.number(Plot.top))V\(Plot.number(bottom))H\(Plot.number(Plot.right))\"/>",
            "<path class=\"limit\" d=\"M\(Plot.number(Plot.left)) \(Plot.number(bottom))L\(Plot.number(Plot.right)) \(Plot.number(Plot.top))\"/>",
        ]
        for pair in feature.pairs.sorted(by: { $0.isEqual && !$1.isEqual }) {
            let x = Plot.number(place(pair.recomputed, Plot.left, Plot.right))
            let y = Plot.number(place(pair.served, bottom, Plot.top))
            marks.append("<circle class=\"\(pair.isEqual ? "mark" : "bad")\" cx=\"\(x)\" cy=\"\(y)\" r=\"2.5\"/>")
        }
        marks.append(Plot.text(Plot.short(greatest), x: Plot.left - 4, y: Plot.top + 8, anchor: "end"))
        marks.append(Plot.text(Plot.short(least), x: Plot.left - 4, y: bottom, anchor: "end"))
        marks.append(Plot.text("recomputed", x: Plot.right, y: bottom + 16, anchor: "end"))
        marks.append(Plot.text("served", x: Plot.left + 5, y: Plot.top + 8))
        return Plot.figure("Served against recomputed: red ones differ, equal ones are on the line", height: height, marks)
    }
}
