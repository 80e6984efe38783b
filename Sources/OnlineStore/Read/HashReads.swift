package import FeatureDefs
import RedisClient

/// A view to read, and the columns that its join keys are in.
package struct ReadView: Sendable {
    let layout: OnlineViewLayout
    /// One for each of the key encoder's join keys.
    let columns: [String]

    package init(_ layout: OnlineViewLayout, keys: JoinKeyMap = .own) {
        self.layout = layout
        columns = layout.keyEncoder.joinKeys.map { keys.column(of: $0.name) }
    }
}

/// How some views are read, worked out once: views whose rows of an entity are in the same hash are read by one command.
package struct HashReads: Sendable {
    /// Views that share hashes. A class: every request goes through them, and copies nothing.
    final class Group: Sendable {
        let encoder: EntityKeyEncoder
        /// Of each of the encoder's join keys, the place of its values in `columns`.
        let keys: [Int]
        /// Their places in `views`, in the order of the fields.
        let views: [Int]
        /// `HMGET` key `f1` `f2` ...
        let command: RedisKeyedCommand

        init(encoder: EntityKeyEncoder, keys: [Int], views: [Int], of all: [ReadView]) {
            self.encoder = encoder
            self.keys = keys
            self.views = views
            command = RedisKeyedCommand("HMGET", arguments: views.map { all[$0].layout.field })
        }
    }

    private struct Hash: Hashable {
        let encoder: EntityKeyEncoder
        let keys: [Int]
    }

    let views: [ReadView]
    /// The join key columns that are read, each once.
    let columns: [String]
    let groups: [Group]

    package init(of views: [ReadView]) {
        self.views = views
        var columns: [String] = []
        for name in views.flatMap(\.columns) where !columns.contains(name) { columns.append(name) }
        self.columns = columns
        var hashes: [Hash] = []
        var members: [Hash: [Int]] = [:]
        for (index, view) in views.enumerated() {
            let hash = Hash(encoder: view.layout.keyEncoder, keys: view.columns.map { columns.firstIndex(of: $0) ?? 0 })
            if members[hash] == nil { hashes.append(hash) }
            members[hash, default: []].append(index)
        }
        groups = hashes.map { Group(encoder: $0.encoder, keys: $0.keys, views: members[$0] ?? [], of: views) }
    }
}
