/// "Did you mean" and "available", from the names that would have been right.
package enum Suggestion {
    /// Beyond this many candidates the rest is not compared: a suggestion is a courtesy, not worth a second.
    private static let comparedLimit = 2000
    private static let listedLimit = 8

    /// One line of help; nil when there is nothing to suggest.
    package static func help(for name: String, among candidates: [String], available label: String = "available") -> String? {
        guard !candidates.isEmpty else { return nil }
        let list = "\(label): \(listed(candidates))"
        guard let nearest = nearest(to: name, among: candidates) else { return list }
        return "did you mean `\(nearest)`? \(list)"
    }

    static func listed(_ names: [String]) -> String {
        let shown = names.prefix(listedLimit).map { "`\($0)`" }.joined(separator: ", ")
        return names.count > listedLimit ? "\(shown) and \(names.count - listedLimit) more" : shown
    }

    /// The candidate fewest edits away, if that is near enough to be a slip; the first of equals.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        let wanted = Array(name.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for candidate in candidates.prefix(comparedLimit) {
            let bytes = Array(candidate.lowercased().utf8)
            let allowed = min((best?.distance ?? .max) - 1, max(1, max(wanted.count, bytes.count) / 3))
            guard abs(bytes.count - wanted.count) <= allowed, bytes.count <= 128, wanted.count <= 128 else { continue }
            let distance = distance(wanted, bytes)
            if distance <= allowed { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
    private static func distance(_ lhs: [UInt8], _ rhs: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: rhs.count + 1)
        var last = Array(0...rhs.count)
        for row in lhs.indices {
            var current = [row + 1]
            current.reserveCapacity(rhs.count + 1)
            for column in rhs.indices {
                let substitution = last[column] + (lhs[row] == rhs[column] ? 0 : 1)
                var cost = min(substitution, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, lhs[row] == rhs[column - 1], lhs[row - 1] == rhs[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[rhs.count]
    }
}
