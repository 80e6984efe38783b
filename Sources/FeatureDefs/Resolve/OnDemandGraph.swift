/// Which on-demand features read which.
struct OnDemandGraph {
    struct Node {
        let reference: FeatureReference
        /// Index of the view.
        let view: Int
        let feature: OnDemandViewDefinition.Feature
    }

    /// In the order written.
    let nodes: [Node]
    /// For each node the nodes it reads.
    private let reads: [[Int]]

    init(_ views: [OnDemandViewDefinition]) {
        let nodes = views.enumerated().flatMap { index, view in
            view.features.map { feature in
                Node(reference: FeatureReference(view: view.name.text, feature: feature.name.text), view: index, feature: feature)
            }
        }
        let indices = Dictionary(nodes.enumerated().map { ($1.reference, $0) }) { first, _ in first }
        reads = nodes.map { node in
            node.feature.expression.map { Self.references(in: $0.root).compactMap { indices[$0] } } ?? []
        }
        self.nodes = nodes
    }

    static func references(in expression: SyntaxExpression) -> [FeatureReference] {
        if case .qualified(let view, let feature) = expression.node { return [FeatureReference(view: view, feature: feature)] }
        return expression.node.children.flatMap { references(in: $0) }
    }

    private enum Mark {
        case unseen
        /// On the path being followed.
        case open
        case done(depth: Int)
    }

    /// The nodes, each after those it reads. Cycles are reported once each and left out, as is what is too deep. Without
    /// recursion: a project may chain thousands.
    func inputsFirst(depthLimit: Int, into sink: inout DiagnosticSink) -> [Int] {
        var order: [Int] = []
        var marks = [Mark](repeating: .unseen, count: nodes.count)
        var inCycle = Set<Int>()
        for root in nodes.indices {
            guard case .unseen = marks[root] else { continue }
            var path: [(node: Int, next: Int, depth: Int)] = [(root, 0, 1)]
            marks[root] = .open
            while let top = path.last {
                guard top.next < reads[top.node].count else {
                    path.removeLast()
                    marks[top.node] = .done(depth: top.depth)
                    if !path.isEmpty { path[path.count - 1].depth = max(path[path.count - 1].depth, top.depth + 1) }
                    if top.depth == depthLimit + 1 {
                        sink.report(
                            .nestingTooDeep(
                                "chain of on-demand features", limit: depthLimit, at: nodes[top.node].feature.name.span))
                    }
                    if top.depth <= depthLimit, !inCycle.contains(top.node) { order.append(top.node) }
                    continue
                }
                path[path.count - 1].next += 1
                let read = reads[top.node][top.next]
                switch marks[read] {
                case .unseen:
                    marks[read] = .open
                    path.append((read, 0, 1))
                case .open:
                    let cycle = path.drop { $0.node != read }.map(\.node)
                    inCycle.formUnion(cycle)
                    report(cycle, into: &sink)
                case .done(let depth):
                    path[path.count - 1].depth = max(path[path.count - 1].depth, depth + 1)
                }
            }
        }
        return order
    }

    private func report(_ cycle: [Int], into sink: inout DiagnosticSink) {
        guard let first = cycle.first else { return }
        let names = (cycle + [first]).map { nodes[$0].reference.description }
        sink.report(.onDemandCycle(names, at: nodes[first].feature.name.span))
    }
}
