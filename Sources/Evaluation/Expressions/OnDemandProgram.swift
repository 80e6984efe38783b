package import FeatureDefs

/// Computes the features of a selection for one row: those stored pass through, those on demand are evaluated, inputs
/// before users.
///
/// An on-demand feature that reads another means what it would with the other's expression in its place, which is what
/// the SQL says: an error of the other is an error of its own only where it asks for the value.
package struct OnDemandProgram: Sendable {
    /// What one row must hold, in this order: every stored feature that the selection asks for or reads, grouped by
    /// view in the selection's order, then every request input.
    package let inputs: [OnDemandInput]
    /// What `evaluate` returns, in this order: the selection's features.
    package let outputs: [FeatureReference]

    /// The on-demand features. The slots of a row are the inputs, then the results of these.
    private let steps: [CompiledExpression]
    private let outputSlots: [Int]

    package init(_ selection: FeatureSelection) {
        inputs = Self.storedInputs(of: selection) + selection.requestInputs.map { .request($0.name) }
        outputs = selection.features.map(\.reference)
        let slotList = inputs + selection.onDemandFeatures.map { .feature($0.reference) }
        let slots = Dictionary(slotList.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let inputCount = inputs.count
        func slot(of input: OnDemandInput) -> Int {
            guard let slot = slots[input] else {
                preconditionFailure("a selection reads `\(input.spelling)` but does not list it")
            }
            return slot
        }
        var folder = ConstantFolder<OnDemandInput>()
        steps = selection.onDemandFeatures.map { feature in
            let expression = folder.folded(feature.expression)
            // A constant feature is a constant to its users, too.
            if case .literal(let value) = expression.node { folder.constants[.feature(feature.reference)] = value }
            return CompiledExpression(expression, slots: slot, isFallible: { slot(of: $0) >= inputCount })
        }
        outputSlots = outputs.map { slot(of: .feature($0)) }
    }

    /// Features of feature views that are asked for, or read by on-demand features.
    private static func storedInputs(of selection: FeatureSelection) -> [OnDemandInput] {
        let computed = Set(selection.onDemandFeatures.map(\.reference))
        var read = Set(selection.features.map(\.reference))
        for input in selection.onDemandFeatures.flatMap(\.expression.inputs) {
            if case .feature(let reference) = input { read.insert(reference) }
        }
        let stored = read.subtracting(computed)
        return selection.joinedViews.flatMap { $0.references.filter(stored.contains).map(OnDemandInput.feature) }
    }

    /// The selection's features for a row of values, one for each of `inputs`. A feature that fails does not keep the
    /// others from their values.
    package func evaluate(_ values: [FeatureValue]) -> [Result<FeatureValue, EvaluationError>] {
        precondition(values.count == inputs.count, "a row has another number of values than the program has inputs")
        if steps.isEmpty { return outputSlots.map { .success(values[$0]) } }
        var slots = values
        slots.reserveCapacity(values.count + steps.count)
        var errors: [EvaluationError?] = []
        errors.reserveCapacity(steps.count)
        for step in steps {
            do {
                let value = try step.evaluate(input: { slots[$0] }, failure: { errors[$0 - values.count] })
                slots.append(value)
                errors.append(nil)
            } catch {
                slots.append(.null)
                errors.append(error)
            }
        }
        return outputSlots.map { slot in
            if slot >= values.count, let error = errors[slot - values.count] { return .failure(error) }
            return .success(slots[slot])
        }
    }
}
