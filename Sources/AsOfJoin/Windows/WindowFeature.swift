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
    /// The rows whose arguments are the elements of a list. None is NULL, not an empty list.
    case rowLists(RowLists)

    /// The values at some points as a column; NULL for each -1, a point without any rows.
    ///
    /// - Parameter argument: the column of the feature's argument.
    package func column(at points: RowChoice, argument: Column?) -> Column {
        switch self {
        case .integers(let values):
            return Column.int64(values).gathered(points)
        case .floats(let values):
            return Column.float64(values).gathered(points)
        case .rows(let rows):
            guard let argument else { preconditionFailure("a value of a row has an argument") }
            return argument.gathered(RowChoice(points.map { $0 < 0 ? -1 : rows[Int($0)] }))
        case .rowLists(let lists):
            guard let argument else { preconditionFailure("a value of rows has an argument") }
            return .list(lists.column(of: argument, at: points))
        }
    }

    /// The values at runs of points that follow one another, one run at least.
    package static func joined(_ parts: [WindowValues]) -> WindowValues {
        switch parts[0] {
        case .integers:
            return .integers(.joined(parts.compactMap { if case .integers(let values) = $0 { values } else { nil } }))
        case .floats:
            return .floats(.joined(parts.compactMap { if case .floats(let values) = $0 { values } else { nil } }))
        case .rows:
            return .rows(.joined(parts.compactMap { if case .rows(let rows) = $0 { rows } else { nil } }))
        case .rowLists:
            return .rowLists(.joined(parts.compactMap { if case .rowLists(let lists) = $0 { lists } else { nil } }))
        }
    }
}
