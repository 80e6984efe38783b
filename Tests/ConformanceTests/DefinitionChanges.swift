import FeatureDefs
import Oracle
import TestSupport

/// Changes definitions as their owners would, one thing at a time.
struct DefinitionChanges {
    /// As the store was made; features come back from here.
    let original: Plan

    func change(_ plan: Plan, random: inout SeededGenerator) -> Plan {
        let position = Int.random(in: 0..<plan.featureViews.count, using: &random)
        var views = plan.featureViews
        for _ in 0...Int.random(in: 0...1, using: &random) {
            views[position] = change(views[position], random: &random)
        }
        return Plan(project: plan.project, entities: plan.entities, featureViews: views, onDemandViews: [], services: [])
    }

    private func change(_ view: FeatureViewPlan, random: inout SeededGenerator) -> FeatureViewPlan {
        let original = original.featureView(named: view.name) ?? view
        var features = view.features
        var (filter, schedule, ttl) = (view.filter, view.schedule, view.ttl)
        let index = Int.random(in: 0..<features.count, using: &random)
        switch Int.random(in: 0..<11, using: &random) {
        case 0: if features.count > 1 { features.remove(at: index) }
        case 1:
            // One that was there once, or another under a new name.
            let feature = random.pick(original.features)
            let isKnown = features.contains { $0.name == feature.name }
            let name = isKnown ? "\(feature.name)_\(features.count)" : feature.name
            if !features.contains(where: { $0.name == name }) { features.insert(feature.with(name: name), at: index) }
        case 2, 3: ttl = random.pick([nil, Period(microseconds: 1), Period(microseconds: 3_600_000_000), original.ttl])
        case 4, 5: features[index] = features[index].with(default: features[index].someDefault(random: &random))
        case 6: features.shuffle(using: &random)
        case 7:
            // Two names change places.
            if let other = features.indices.filter({ $0 != index && features[$0].type == features[index].type }).randomElement(
                using: &random)
            {
                let names = (features[index].name, features[other].name)
                features[index] = features[index].with(name: names.1)
                features[other] = features[other].with(name: names.0)
            }
        case 8: filter = filter == nil ? original.filter : nil
        case 9:
            if let every = schedule?.every, let lag = schedule?.lag {
                schedule = Schedule(every: Period(microseconds: every.microseconds * 2), lag: lag)
            }
        default: (features, filter, schedule, ttl) = (original.features, original.filter, original.schedule, original.ttl)
        }
        return FeatureViewPlan(
            name: view.name, entities: view.entities, joinKeys: view.joinKeys, joinKeyColumns: view.joinKeyColumns,
            source: view.source, filter: filter, schedule: schedule, ttl: ttl, features: features, notes: view.notes)
    }
}

extension FeaturePlan {
    fileprivate func with(name: String) -> FeaturePlan {
        FeaturePlan(name: name, computation: computation, type: type, defaultValue: defaultValue, notes: notes)
    }

    fileprivate func with(default value: FeatureValue?) -> FeaturePlan {
        FeaturePlan(name: name, computation: computation, type: type, defaultValue: value, notes: notes)
    }

    fileprivate func someDefault(random: inout SeededGenerator) -> FeatureValue? {
        if defaultValue != nil, random.oneIn(2) { return nil }
        switch type {
        case .int64: return .int64(-7)
        case .float64: return .float64(0.5)
        case .float32: return .float32(-0.5)
        case .string: return .string("none")
        case .bool: return .bool(true)
        case .timestamp, .bytes, .uuid, .list, .vector: return nil
        }
    }
}
