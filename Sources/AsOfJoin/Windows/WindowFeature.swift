package import Columnar
package import FeatureDefs

/// A window feature over the rows of a source.
package struct WindowFeature: Sendable {
    package let function: AggregateFunction
    /// By row; nil is `*`.
    package let argument: Column?
    /// The rows that count; nil: all.
    package let mask: RowMask?
    /// In microseconds.
    package let length: Int64

    package init(function: AggregateFunction, argument: Column?, mask: RowMask?, length: Int64) {
        self.function = function
        self.argument = argument
        self.mask = mask
        self.length = length
    }

    /// Whether the row counts: it passes, and its argument is not NULL or NULLs count.
    func counts(_ row: Int32, withNulls: Bool = false) -> Bool {
        if let mask, !mask[row] { return false }
        guard let argument, !withNulls else { return true }
        return argument.validity.isValid(Int(row))
    }
}

/// The values of a window feature at a run of points.
package enum WindowValues: Sendable {
    case integers(PrimitiveColumn<Int64>)
    case floats(PrimitiveColumn<Double>)
    /// The row whose argument is the value; -1: NULL.
    case rows(RowChoice)

    /// The values as a column, given the column of the argument.
    package func column(argument: Column?) -> Column {
        switch self {
        case .integers(let values): .int64(values)
        case .floats(let values): .float64(values)
        case .rows(let rows):
            if let argument { argument.gathered(rows) } else { preconditionFailure("a value of a row has an argument") }
        }
    }

    package static func joined(_ parts: [WindowValues]) -> WindowValues {
        switch parts.first {
        case .integers:
            .integers(.joined(parts.compactMap { if case .integers(let values) = $0 { values } else { nil } }))
        case .floats:
            .floats(.joined(parts.compactMap { if case .floats(let values) = $0 { values } else { nil } }))
        case .rows, nil:
            .rows(RowChoice(parts.flatMap { if case .rows(let rows) = $0 { rows } else { RowChoice() } }))
        }
    }
}
