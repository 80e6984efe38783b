extension FeatureSelection {
    /// The same with views reduced to what is read of them: a feature that nobody asked for costs nothing, and cannot fail.
    ///
    /// Only for computing. A reduced view is no longer the one that was applied, and has another fingerprint.
    package var reducedToWhatIsRead: FeatureSelection {
        let inputs = onDemandFeatures.flatMap { feature in
            feature.expression.inputs.compactMap { input -> FeatureReference? in
                if case .feature(let reference) = input { reference } else { nil }
            }
        }
        let read = Set(features.map(\.reference) + inputs)
        return FeatureSelection(
            features: features, types: types,
            joinedViews: joinedViews.map { joined in
                let names = Set(joined.references.filter(read.contains).map(\.feature))
                return JoinedView(joined.view.reduced { names.contains($0.name) }, keys: joined.keys)
            },
            onDemandFeatures: onDemandFeatures, requestInputs: requestInputs)
    }
}

extension FeatureViewPlan {
    /// The view with some of its features, each of which has the value that it has in the whole view.
    fileprivate func reduced(to isKept: (FeaturePlan) -> Bool) -> FeatureViewPlan {
        var view = self
        view.inheritedTieBreakColumns = tieBreakColumns
        view.features.removeAll { !isKept($0) }
        return view
    }

    /// The view with windows of other lengths.
    package func withWindows(_ length: (Period) -> Period) -> FeatureViewPlan {
        var view = self
        for index in features.indices {
            guard case .window(let function, let argument, let own, let filter) = features[index].computation else { continue }
            view.features[index].computation = .window(function, argument: argument, length: length(own), filter: filter)
        }
        return view
    }
}
