/// Compares two plans part by part: there is an item if and only if the canonical texts of the plans differ.
struct PlanDifferenceBuilder {
    typealias Item = PlanDifference.Item
    typealias Kind = PlanDifference.Kind

    let old: Plan
    let new: Plan
    private let oldUses: FeatureUses
    private let newUses: FeatureUses

    init(old: Plan, new: Plan) {
        self.old = old
        self.new = new
        oldUses = FeatureUses(old)
        newUses = FeatureUses(new)
    }

    var items: [Item] { entities + featureViews + onDemandViews + services + expectations }

    // MARK: Kinds

    private var entities: [Item] {
        compare(.entity, old.entities, new.entities, name: \.name, text: \.canonicalText) { entity in
            ["keys " + keys(entity.joinKeys)]
        } changes: { old, new in
            change("keys", keys(old.joinKeys), keys(new.joinKeys))
        } features: { plan, entity in
            Set(plan.featureViews.filter { $0.entities.contains(entity.name) }.flatMap(\.references))
        }
    }

    private var featureViews: [Item] {
        let views = compare(.featureView, old.featureViews, new.featureViews, name: \.name, text: \.canonicalHead) { view in
            view.summary
        } changes: { old, new in
            viewChanges(old, new)
        } features: { _, view in
            Set(view.references)
        }
        let items = Dictionary(grouping: views, by: \.name)
        return allNames(old.featureViews.map(\.name), new.featureViews.map(\.name)).flatMap { view in
            let (before, after) = (old.featureView(named: view), new.featureView(named: view))
            return (items[view] ?? [])
                + compare(
                    .feature, before?.features ?? [], after?.features ?? [], name: { "\(view).\($0.name)" }, text: \.canonicalText
                ) { feature in
                    ["\(feature.type) = \(feature.readableText)"]
                } changes: { old, new in
                    featureChanges(old, new)
                } features: { _, feature in
                    [FeatureReference(view: view, feature: feature.name)]
                }
        }
    }

    private var onDemandViews: [Item] {
        let views = compare(.onDemandView, old.onDemandViews, new.onDemandViews, name: \.name, text: \.canonicalHead) { view in
            view.request.isEmpty ? [] : ["request " + inputs(view.request)]
        } changes: { old, new in
            change("request", inputs(old.request), inputs(new.request))
                + orderChange(old.features.map(\.name), new.features.map(\.name))
        } features: { _, view in
            Set(view.references)
        }
        let items = Dictionary(grouping: views, by: \.name)
        return allNames(old.onDemandViews.map(\.name), new.onDemandViews.map(\.name)).flatMap { view in
            let (before, after) = (old.onDemandView(named: view), new.onDemandView(named: view))
            return (items[view] ?? [])
                + compare(
                    .onDemandFeature, before?.features ?? [], after?.features ?? [], name: { "\(view).\($0.name)" },
                    text: { "\($0.expression.type) \($0.expression.canonicalText)" }
                ) { feature in
                    ["\(feature.expression.type) = \(feature.expression.readableText)"]
                } changes: { old, new in
                    change("type", old.expression.type.description, new.expression.type.description)
                        + change("expression", old.expression.words, new.expression.words)
                        + change("tolerance", old.equality?.words, new.equality?.words)
                } features: { _, feature in
                    [FeatureReference(view: view, feature: feature.name)]
                }
        }
    }

    private var services: [Item] {
        compare(.service, old.services, new.services, name: \.name, text: \.canonicalText) { service in
            ["serves \(service.features.count) feature\(service.features.count == 1 ? "" : "s")"]
                + (service.logSample.map { ["log sample \($0)"] } ?? [])
        } changes: { old, new in
            serviceChanges(old, new)
        } features: { _, _ in
            []
        }
    }

    /// They touch no value, and so no service.
    private var expectations: [Item] {
        compare(.expectations, old.expectations, new.expectations, name: \.source.name, text: \.canonicalText) { source in
            source.canonicalLines
        } changes: { old, new in
            let (before, after) = (old.canonicalLines, new.canonicalLines)
            return before.filter { !after.contains($0) }.map { "- \($0)" }
                + after.filter { !before.contains($0) }.map { "+ \($0)" }
        } features: { _, _ in
            []
        }
    }

    // MARK: One kind

    private func compare<Part>(
        _ kind: Kind, _ old: [Part], _ new: [Part], name: (Part) -> String, text: (Part) -> String,
        summary: (Part) -> [String], changes: (Part, Part) -> [String], features: (Plan, Part) -> Set<FeatureReference>
    ) -> [Item] {
        let before = Dictionary(old.map { (name($0), $0) }) { first, _ in first }
        let after = Dictionary(new.map { (name($0), $0) }) { first, _ in first }
        return allNames(old.map(name), new.map(name)).compactMap { key in
            let change: PlanDifference.Change
            var details: [String]
            switch (before[key], after[key]) {
            case (nil, let part?):
                (change, details) = (.added, summary(part))
            case (_?, nil):
                (change, details) = (.removed, [])
            case (let earlier?, let later?):
                (change, details) = (.changed, changes(earlier, later))
                if details.isEmpty, text(earlier) != text(later) { details = ["\(text(earlier)) → \(text(later))"] }
                guard !details.isEmpty else { return nil }
            case (nil, nil):
                return nil
            }
            let oldServices = before[key].map { oldUses.services(using: features(self.old, $0)) } ?? []
            let newServices = after[key].map { newUses.services(using: features(self.new, $0)) } ?? []
            let services = kind == .service ? [key] : Set(oldServices + newServices).sorted()
            return Item(change: change, kind: kind, name: key, details: details, services: services)
        }
    }

    /// The new plan's order, with what only the old one has after it.
    private func allNames(_ old: [String], _ new: [String]) -> [String] {
        let present = Set(new)
        return new + old.filter { !present.contains($0) }
    }
}
