import FeatureDefs
import OnlineStore

/// What the columns of an answer are called: the features' names, checked and spelled out once for all requests.
final class AnswerNames: Sendable {
    let features: [String]
    /// `"a","b"`
    let json: [UInt8]
    private let all: Set<String>
    private let duplicates: [String]

    init(_ lookup: PreparedLookup, isFull: Bool) {
        features = lookup.selection.features.map { $0.columnName(isFull: isFull) }
        var seen = Set<String>()
        var duplicates: [String] = []
        for name in features where !seen.insert(name).inserted && !duplicates.contains(name) { duplicates.append(name) }
        all = seen
        self.duplicates = duplicates
        var writer = JSONWriter()
        writer.separated(features) { $0.string($1) }
        json = writer.bytes
    }

    /// Refuses an answer with two columns of one name; `echoed` are the first ones.
    func refuseDuplicates(echoed: [String]) throws(ServerError) {
        let duplicates = echoed.filter { all.contains($0) } + duplicates.filter { !echoed.contains($0) }
        guard duplicates.isEmpty else { throw .duplicateNames(duplicates) }
    }
}
