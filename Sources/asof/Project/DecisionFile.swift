import Foundation
import Yams

/// A mapping of numbers and flags in a YAML file, read with the place of whatever is wrong. Keys that nobody asked for are refused.
struct DecisionFile {
    private let path: String
    private let node: Node
    /// What the mapping is, for messages: `fraud_v1`, `fraud_v1.cost`.
    private let name: String

    /// - Parameter content: what the file is to hold, for whoever has none.
    init(path: String, holding content: String) throws(CommandFailure) {
        self.path = path
        name = ""
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw .usage("cannot read \(path), which holds \(content); see `asof decide --help`")
        }
        do {
            guard let node = try Yams.compose(yaml: text), node.mapping != nil else {
                throw CommandFailure.usage("\(path): expected keys and values")
            }
            self.node = node
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .usage("\(path): \(error)")
        }
    }

    private init(path: String, node: Node, name: String) {
        (self.path, self.node, self.name) = (path, node, name)
    }

    /// The mapping under a key; nil where it is left out.
    func mapping(_ key: String) throws(CommandFailure) -> DecisionFile? {
        guard let child = node.mapping?[key] else { return nil }
        guard child.mapping != nil else { throw failure("`\(key)` takes keys and values", at: child) }
        return DecisionFile(path: path, node: child, name: name.isEmpty ? key : "\(name).\(key)")
    }

    var keys: [String] { node.mapping?.keys.compactMap(\.string) ?? [] }

    /// Refuses keys that are not among these.
    func allow(_ known: [String]) throws(CommandFailure) {
        for (key, _) in node.mapping ?? [:] where !known.contains(key.string ?? "") {
            let place = name.isEmpty ? "" : " in `\(name)`"
            throw failure("unknown key `\(key.string ?? "?")`\(place); expected \(known.joined(separator: ", "))", at: key)
        }
    }

    func number(_ key: String, in range: ClosedRange<Double> = -1e18...1e18) throws(CommandFailure) -> Double? {
        guard let child = node.mapping?[key] else { return nil }
        guard let number = child.float, range.contains(number) else {
            let bounds = range == -1e18...1e18 ? "" : " between \(range.lowerBound) and \(range.upperBound)"
            throw failure("`\(key)` is a number\(bounds)", at: child)
        }
        return number
    }

    func required(_ key: String, in range: ClosedRange<Double>) throws(CommandFailure) -> Double {
        guard let number = try number(key, in: range) else { throw failure("`\(name)` lacks `\(key)`", at: node) }
        return number
    }

    func flag(_ key: String) throws(CommandFailure) -> Bool? {
        guard let child = node.mapping?[key] else { return nil }
        guard let flag = child.bool else { throw failure("`\(key)` is true or false", at: child) }
        return flag
    }

    private func failure(_ message: String, at node: Node) -> CommandFailure {
        let place = node.mark.map { ":\($0.line):\($0.column)" } ?? ""
        return .usage("\(path)\(place): \(message)")
    }
}
