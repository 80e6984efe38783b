/// Which primary has which slots.
struct ClusterTopology: Hashable, Sendable {
    /// A server of the cluster.
    struct Node: Hashable, Sendable {
        let host: String
        let port: Int
    }

    /// Each once, in the order of their slots.
    private(set) var primaries: [Node] = []
    /// For each slot one more than the index of its primary; 0 when nobody has it.
    private var owners = [UInt16](repeating: 0, count: HashSlot.count)

    /// Reads the reply to `CLUSTER SLOTS`: from, to, [host, port, ...] of the primary, those of its replicas. A node that does not know its
    /// address leaves it empty: it is the one that was `asked`.
    init(_ reply: RedisReply, asked: RedisURL) throws(RedisError) {
        guard case .array(let ranges) = try reply.orThrow() else { throw Self.violation(asked) }
        for range in ranges {
            guard case .array(let parts) = range, parts.count >= 3, case .integer(let first) = parts[0],
                case .integer(let last) = parts[1], case .array(let primary) = parts[2], primary.count >= 2,
                case .integer(let port) = primary[1], first >= 0, last < HashSlot.count, first <= last
            else { throw Self.violation(asked) }
            let host: String
            if case .bytes(let bytes) = primary[0], !bytes.isEmpty {
                host = String(decoding: bytes, as: UTF8.self)
            } else if case .tcp(let own, _) = asked.endpoint {
                host = own
            } else {
                throw Self.violation(asked)
            }
            for slot in first...last { assign(Int(slot), to: Node(host: host, port: Int(port))) }
        }
    }

    func owner(ofSlot slot: Int) -> Node? {
        owners[slot] == 0 ? nil : primaries[Int(owners[slot]) - 1]
    }

    /// Of each primary that has any, in the order of the slots.
    func firstSlots() -> [(node: Node, slot: Int)] {
        var seen = Set<UInt16>()
        var first: [(node: Node, slot: Int)] = []
        for (slot, owner) in owners.enumerated() where owner != 0 && seen.insert(owner).inserted {
            first.append((primaries[Int(owner) - 1], slot))
        }
        return first
    }

    /// Notes what a server told: that the slot has moved.
    mutating func assign(_ slot: Int, to node: Node) {
        let index = primaries.firstIndex(of: node) ?? primaries.count
        if index == primaries.count { primaries.append(node) }
        owners[slot] = UInt16(index + 1)
    }

    private static func violation(_ url: RedisURL) -> RedisError {
        RedisError(.protocolViolation, "Redis at \(url) answered CLUSTER SLOTS with something else")
    }
}

/// Where a server of a cluster sends a command: `MOVED 3999 127.0.0.1:6381`, `ASK 3999 127.0.0.1:6381`.
enum ClusterRedirection: Hashable {
    case moved(slot: Int, to: ClusterTopology.Node)
    case ask(ClusterTopology.Node)
    /// `TRYAGAIN`, `CLUSTERDOWN`, `LOADING`: not now.
    case wait

    /// nil for an error that is the command's own.
    init?(_ error: String, asked: ClusterTopology.Node) {
        let words = error.split(separator: " ", maxSplits: 3)
        switch words.first {
        case "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN": self = .wait
        case "MOVED", "ASK":
            guard words.count >= 3, let slot = Int(words[1]), (0..<HashSlot.count).contains(slot),
                let colon = words[2].lastIndex(of: ":"), let port = Int(words[2][words[2].index(after: colon)...])
            else { return nil }
            let host = words[2][..<colon]
            let node = ClusterTopology.Node(host: host.isEmpty ? asked.host : String(host), port: port)
            self = words[0] == "MOVED" ? .moved(slot: slot, to: node) : .ask(node)
        default: return nil
        }
    }
}
