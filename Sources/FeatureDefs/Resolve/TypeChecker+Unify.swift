/// One type for operands that must agree: equal types stay, numbers that differ widen to float64, float32 always does,
/// and `null` takes the type of the others.
extension TypeChecker {
    /// The operands in one type, or nil when they have none (reported).
    mutating func unify(_ operands: [Checked<Input>], of operation: String, _ range: Range<Int>) -> [Typed<Input>]? {
        var common: Typed<Input>?
        var hasFailed = false
        for operand in operands {
            switch operand {
            case .failed: hasFailed = true
            case .untypedNull: continue
            case .typed(let typed):
                guard let first = common else {
                    common = typed.type == .float32 ? typed.widened : typed
                    continue
                }
                if first.type == typed.type { continue }
                if first.type.isNumeric, typed.type.isNumeric {
                    common = first.widened
                    continue
                }
                reportMismatch(operation, first, typed, range)
                return nil
            }
        }
        guard !hasFailed else { return nil }
        guard let type = common?.type else {
            sink.report(.untypedNull(at: source.span(range)))
            return nil
        }
        return operands.compactMap { operand in
            switch operand {
            case .failed: nil
            case .untypedNull(let range): null(type, range)
            case .typed(let typed): typed.type == type ? typed : typed.widened
            }
        }
    }

    private mutating func reportMismatch(_ operation: String, _ first: Typed<Input>, _ second: Typed<Input>, _ range: Range<Int>)
    {
        sink.report(
            .operandMismatch(
                operation, first.type, second.type, at: source.span(range),
                leftAt: source.span(first.range), rightAt: source.span(second.range)
            )
        )
    }
}
