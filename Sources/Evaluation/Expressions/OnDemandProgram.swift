package import FeatureDefs

/// Computes the features of a selection for one row: those stored pass through, those on demand are evaluated, inputs
/// before users.
package struct OnDemandProgram: Sendable {
    /// What one row must hold, in this order: every stored feature that the selection asks for or reads, grouped by
    /// view in the selection's order, then every request input.
    package let inputs: [OnDemandInput]
    /// What `evaluate` returns, in this order: the selection's features.
    package let outputs: [FeatureReference]

    private let steps: [Step]
    private let outputSlots: [Int]

    private struct Step: Sendable {
        let expression: CompiledExpression
        /// The steps whose results it reads.
        let dependencies: [Int]
    }

    package init(_ selection: FeatureSelection) {
        let computed = Set(selection.onDemandFeatures.map(\.reference))
        let read =
            selection.features
            + selection.onDemandFeatures.flatMap { feature in
                feature.expression.inputs.compactMap { input in
                    if case .feature(let reference) = input { reference } else { nil }
                }
            }
        let stored = Set(read).subtracting(computed)
        let storedInputs = selection.featureViews.flatMap { view in
            view.features.map { FeatureReference(view: view.name, feature: $0.name) }.filter(stored.contains)
        }
        inputs = storedInputs.map(OnDemandInput.feature) + selection.requestInputs.map { .request($0.name) }
        outputs = selection.features

        // Slots: the inputs, then the steps' results.
        let slotList = inputs + selection.onDemandFeatures.map { .feature($0.reference) }
        let slots = Dictionary(slotList.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let inputCount = inputs.count
        func slot(of input: OnDemandInput) -> Int {
            guard let slot = slots[input] else {
                preconditionFailure("a selection reads `\(input.spelling)` but does not list it")
            }
            return slot
        }
        steps = selection.onDemandFeatures.map { feature in
            Step(
                expression: CompiledExpression(feature.expression, slots: slot),
                dependencies: feature.expression.inputs.map(slot).filter { $0 >= inputCount }.map { $0 - inputCount }
            )
        }
        outputSlots = selection.features.map { slot(of: .feature($0)) }
    }

    /// The selection's features for a row of values, one for each of `inputs`.
    ///
    /// A feature that fails is an error for itself and for the features that read it; the others have their values.
    package func evaluate(_ values: [FeatureValue]) -> [Result<FeatureValue, EvaluationError>] {
        precondition(values.count == inputs.count, "a row has another number of values than the program has inputs")
        if steps.isEmpty { return outputSlots.map { .success(values[$0]) } }
        var slots = values
        var results: [Result<FeatureValue, EvaluationError>] = []
        results.reserveCapacity(steps.count)
        for step in steps {
            let result = evaluate(step, slots, results)
            results.append(result)
            slots.append((try? result.get()) ?? .null)
        }
        return outputSlots.map { $0 < inputs.count ? .success(values[$0]) : results[$0 - inputs.count] }
    }

    private func evaluate(
        _ step: Step, _ slots: [FeatureValue], _ results: [Result<FeatureValue, EvaluationError>]
    ) -> Result<FeatureValue, EvaluationError> {
        for dependency in step.dependencies {
            if case .failure = results[dependency] { return results[dependency] }
        }
        do {
            return .success(try step.expression.evaluate(slots))
        } catch {
            return .failure(error)
        }
    }
}
