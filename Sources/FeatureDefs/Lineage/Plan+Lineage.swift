extension Plan {
    /// The lineage of one feature: all that it reads, and all that reads it.
    package func lineage(of reference: FeatureReference) throws(UnknownFeature) -> Lineage {
        guard contains(reference) else { throw UnknownFeature(reference: reference) }
        var builder = LineageBuilder(plan: self)
        builder.addInputs(of: reference)
        builder.addReaders(of: reference)
        return Lineage(feature: reference.description, nodes: builder.nodes, edges: builder.edges)
    }
}

/// Walks the plan upstream and downstream; each node and edge once, in order of first appearance.
private struct LineageBuilder {
    let plan: Plan
    private let uses: FeatureUses
    var nodes: [Lineage.Node] = []
    var edges: [Lineage.Edge] = []
    private var seenNodes = Set<String>()
    private var seenEdges = Set<Lineage.Edge>()
    private var walkedUp = Set<FeatureReference>()
    private var walkedDown = Set<FeatureReference>()

    init(plan: Plan) {
        self.plan = plan
        uses = FeatureUses(plan)
    }

    mutating func addInputs(of reference: FeatureReference) {
        guard walkedUp.insert(reference).inserted else { return }
        if let (view, feature) = plan.feature(reference) {
            let id = add(reference)
            addColumns(feature.computation.argument?.inputs ?? [], of: view, to: id, .value)
            addColumns(feature.computation.filter?.inputs ?? [], of: view, to: id, .filter)
            addColumns(view.filter?.inputs ?? [], of: view, to: id, .filter)
            addColumns(view.joinKeyColumns, of: view, to: id, .joinKey)
            addColumns([view.source.eventTimestamp], of: view, to: id, .eventTimestamp)
            addColumns(view.source.createdTimestamp.map { [$0] } ?? [], of: view, to: id, .createdTimestamp)
        } else if let (view, feature) = plan.onDemandFeature(reference) {
            let id = add(reference)
            for input in feature.expression.inputs {
                switch input {
                case .feature(let read):
                    addEdge(from: read, to: id)
                    addInputs(of: read.definition)
                case .request(let name):
                    let type = view.request.first { $0.name == name }?.type
                    let node = Lineage.Node(id: "request \(name)", kind: .request, name: name, type: type, detail: nil)
                    addEdge(from: add(node), to: id, .value)
                }
            }
        }
    }

    mutating func addReaders(of reference: FeatureReference) {
        guard walkedDown.insert(reference).inserted else { return }
        let id = add(reference)
        for reader in uses.directReaders(of: reference) {
            for read in plan.onDemandFeature(reader)?.feature.reads(of: reference) ?? [] { addEdge(from: read, to: add(reader)) }
            addReaders(of: reader)
        }
        for service in plan.services {
            for feature in service.features where feature.reference.definition == reference {
                let node = Lineage.Node(
                    id: "service \(service.name)", kind: .service, name: service.name, type: nil, detail: nil)
                let name = feature.description == reference.description ? nil : feature.description
                addEdge(from: id, to: add(node), .member, as: name)
            }
        }
    }

    private mutating func addColumns(
        _ columns: [ColumnReference], of view: FeatureViewPlan, to id: String, _ role: Lineage.Role
    ) {
        for column in columns {
            let name = "\(view.source.name).\(column.name)"
            let node = Lineage.Node(
                id: "column \(name)", kind: .column, name: name, type: column.storage.featureType,
                detail: view.source.relation.readableText)
            addEdge(from: add(node), to: id, role)
        }
    }

    private mutating func add(_ reference: FeatureReference) -> String {
        if let (_, feature) = plan.feature(reference) {
            return add(
                Lineage.Node(
                    id: "feature \(reference)", kind: .feature, name: reference.description, type: feature.type,
                    detail: feature.readableText))
        }
        let expression = plan.onDemandFeature(reference)?.feature.expression
        return add(
            Lineage.Node(
                id: "feature \(reference)", kind: .onDemandFeature, name: reference.description, type: expression?.type,
                detail: expression?.readableText))
    }

    private mutating func add(_ node: Lineage.Node) -> String {
        if seenNodes.insert(node.id).inserted { nodes.append(node) }
        return node.id
    }

    /// From a feature to an on-demand feature that reads it, with the columns it is read by.
    private mutating func addEdge(from read: FeatureReference, to reader: String) {
        addEdge(from: add(read.definition), to: reader, .value, as: read.keys.isOwn ? nil : read.description)
    }

    private mutating func addEdge(from: String, to: String, _ role: Lineage.Role, as name: String? = nil) {
        let edge = Lineage.Edge(from: from, to: to, role: role, name: name)
        if seenEdges.insert(edge).inserted { edges.append(edge) }
    }
}
