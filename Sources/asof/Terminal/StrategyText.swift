import OfflineStore

/// Why a strategy is chosen, for a terminal.
struct StrategyText {
    private let choice: StrategyChoice

    init(_ choice: StrategyChoice) {
        self.choice = choice
    }

    var text: String {
        var lines = ["spine: about \(Int(choice.statistics.spineRows)) rows"]
        for view in choice.statistics.views {
            let window =
                view.rowsInLongestWindow > 0
                ? ", about \(Int(view.rowsInLongestWindow.rounded(.up))) of a key in the longest window" : ""
            lines.append(
                "view \(view.view): about \(Int(view.sourceRows)) rows\(window), \(view.hasIndex ? "indexed" : "not indexed")")
        }
        for estimate in choice.estimates {
            lines.append("\(estimate.strategy.rawValue): about \(Self.seconds(estimate.seconds))")
            lines += estimate.parts.map { "  \(Self.seconds($0.seconds).padded(toLeft: 10))  \($0.what)" }
        }
        let reason = choice.isForced ? "as --strategy says" : "the cheapest by these estimates"
        lines.append("chosen: \(choice.chosen.rawValue), \(reason)")
        return lines.joined(separator: "\n")
    }

    private static func seconds(_ seconds: Double) -> String { "\((seconds * 1000).rounded() / 1000) s" }
}
