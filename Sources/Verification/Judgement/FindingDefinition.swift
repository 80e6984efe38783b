import FeatureDefs

/// How features are defined, down to the sources, in the words of the definitions.
struct FindingDefinition {
    private let verificationCase: VerificationCase
    private let features: [FeatureReference]

    init(_ verificationCase: VerificationCase, features: [FeatureReference]) {
        self.verificationCase = verificationCase
        self.features = features
    }

    var lines: [String] {
        var lines: [String] = []
        for feature in verificationCase.selection.onDemandFeatures {
            lines.append("\(feature.reference) = \(feature.expression.readableText)")
        }
        for view in verificationCase.selection.distinctViews {
            for feature in view.features where isRead(FeatureReference(view: view.name, feature: feature.name)) {
                lines.append("\(view.name).\(feature.name) = \(feature.readableText)")
            }
            lines.append("\(view.name): " + limits(of: view).joined(separator: "; "))
        }
        return lines
    }

    private func isRead(_ reference: FeatureReference) -> Bool {
        features.contains { $0.definition == reference }
            || verificationCase.selection.onDemandFeatures.contains { feature in
                feature.expression.inputs.contains { input in
                    switch input {
                    case .feature(let read): read.definition == reference
                    case .request: false
                    }
                }
            }
    }

    private func limits(of view: FeatureViewPlan) -> [String] {
        let source = view.source
        var parts = ["source \(source.name), by \(source.eventTimestamp.name)"]
        if let created = source.createdTimestamp { parts.append("known at \(created.name)") }
        if source.delay != .zero { parts.append("delay \(source.delay)") }
        if let filter = view.filter { parts.append("where \(filter.readableText)") }
        if let schedule = view.schedule { parts.append(schedule.readableText) }
        if let ttl = view.ttl { parts.append("ttl \(ttl)") }
        return parts
    }
}
