/// A pipeline on its way through a cluster: which commands are answered, and where the others go next.
struct ClusterRound {
    typealias Node = ClusterTopology.Node

    /// Commands that go to one server together.
    struct Part: Sendable {
        let node: Node
        /// Of the whole pipeline.
        let commands: [Int]
        /// The server has been told by another to take them though it does not have their slot yet.
        let isAsked: Bool
        /// Whether they are all of the pipeline, in order.
        let isWhole: Bool
        var result: Result<RedisReplies, RedisError> = .success(RedisReplies())

        /// What is sent. ASKING goes before each command that needs it, and has a reply of its own.
        func pipeline(of all: RedisPipeline) -> RedisPipeline {
            if isWhole { return all }
            guard isAsked else { return all.selecting(commands) }
            var asking = RedisPipeline()
            for command in commands {
                asking.startCommand("ASKING")
                asking.append(command, of: all)
            }
            return asking
        }
    }

    private let pipeline: RedisPipeline
    /// The slot of each command's key; nil when it has none.
    private let slots: [Int?]
    private var answers: [(replies: RedisReplies, start: Int)?]
    /// Commands without an answer, in order.
    private var open: [Int]
    private var asked: [Int: Node] = [:]
    private(set) var mustWait = false
    /// The answer when one server gave all of it.
    private var whole: RedisReplies?

    init(_ pipeline: RedisPipeline) {
        self.pipeline = pipeline
        slots = pipeline.commands.map { $0.key.isEmpty ? nil : HashSlot.slot(of: pipeline.wire[$0.key]) }
        answers = Array(repeating: nil, count: pipeline.count)
        open = Array(0..<pipeline.count)
    }

    var isOver: Bool { whole != nil || open.isEmpty }

    /// The open commands by server. A slot that nobody has goes to any server, which will say so.
    func parts(by topology: ClusterTopology) -> [Part] {
        struct Destination: Hashable {
            let node: Node
            let isAsked: Bool
        }
        var order: [Destination] = []
        var commands: [Destination: [Int]] = [:]
        for command in open {
            let owner = slots[command].flatMap { topology.owner(ofSlot: $0) } ?? topology.primaries[0]
            let destination = Destination(node: asked[command] ?? owner, isAsked: asked[command] != nil)
            if commands[destination] == nil { order.append(destination) }
            commands[destination, default: []].append(command)
        }
        return order.map { destination in
            let chosen = commands[destination] ?? []
            return Part(
                node: destination.node, commands: chosen, isAsked: destination.isAsked,
                isWhole: !destination.isAsked && chosen.count == pipeline.count)
        }
    }

    /// Keeps what was answered, notes what was redirected, and tells which slots have moved.
    mutating func take(_ replies: RedisReplies, _ part: Part) -> [(slot: Int, node: Node)] {
        var moved: [(slot: Int, node: Node)] = []
        var next = 0
        var isRedirected = false
        for command in part.commands {
            // The reply to ASKING.
            if part.isAsked { next = replies.next(after: next) }
            let value = replies.values[next]
            var redirection: ClusterRedirection?
            if value.kind == .error { redirection = ClusterRedirection(replies.text(of: value), asked: part.node) }
            asked[command] = nil
            switch redirection {
            case nil: answers[command] = (replies, next)
            case .moved(let slot, let node): moved.append((slot, node))
            case .ask(let node): asked[command] = node
            case .wait: mustWait = true
            }
            if redirection != nil { isRedirected = true }
            next = replies.next(after: next)
        }
        if part.isWhole, !isRedirected { whole = replies }
        open.removeAll { answers[$0] != nil }
        return moved
    }

    /// Whether another server than the part's has the slots of one of its commands now.
    func hasOtherOwners(_ part: Part, by topology: ClusterTopology) -> Bool {
        part.commands.contains { command in
            guard let slot = slots[command] else { return true }
            return topology.owner(ofSlot: slot) != part.node
        }
    }

    mutating func startAgain() {
        mustWait = false
    }

    /// The answers, in the order of the commands.
    func replies() -> RedisReplies {
        if let whole { return whole }
        var all = RedisReplies()
        for answer in answers {
            if let answer { all.append(replyAt: answer.start, of: answer.replies) }
        }
        return all
    }
}
