import FeatureDefs
import PostgresClient

/// What a value of a column may break, as a condition on a row.
enum ColumnBreach: String, Hashable, Sendable, CaseIterable {
    case null, nan
    /// Below `min` or above `max`.
    case range
    case domain
}

extension ColumnExpectation {
    /// The breaches that the column is counted for: of one that is not of the declared type, NULLs alone.
    var countedBreaches: [ColumnBreach] {
        ColumnBreach.allCases.filter { breach in
            switch breach {
            case .null: true
            case .nan: isOfDeclaredType && nans != nil
            case .range: isOfDeclaredType && hasRange
            case .domain: isOfDeclaredType && !domain.isEmpty
            }
        }
    }

    /// Whether a row breaks it; NULL or false where it does not. Of a value that is NULL only `null` is true.
    func condition(_ breach: ColumnBreach, of alias: SQLIdentifier) throws(PostgresError) -> SQLFragment {
        let stored: SQLFragment = "\(alias).\(try SQLIdentifier(column.name))"
        // A decimal column is compared as it is, digit by digit.
        let value: SQLExpression =
            column.storage == .numeric ? SQLExpression(stored, .primary) : try column.expression(of: alias)
        let operand = value.operand(above: .comparison)
        let ordered: SQLFragment =
            valueType == .string && column.storage != .numeric
            ? "\(value.operand(atLeast: .collate)) COLLATE \"C\"" : operand
        switch breach {
        case .null: return "\(stored) IS NULL"
        case .nan: return isNaN(operand) ?? "false"
        case .range:
            var breaches: [SQLFragment] = []
            // NaN is the greatest, so that it would be below no `max` and above every `min`.
            if nans == nil, let nan = isNaN(operand) { breaches.append(nan) }
            let isNumber = isNaN(operand) == nil ? "" as SQLFragment : " AND \(operand) <> \(nanLiteral)"
            if let minimum { breaches.append("\(ordered) < \(literal(minimum))") }
            if let maximum { breaches.append("(\(ordered) > \(literal(maximum))\(isNumber))") }
            return "(\(breaches.joined(separator: " OR ")))"
        case .domain:
            return "\(operand) NOT IN (\(domain.map(literal).joined()))"
        }
    }

    /// nil for columns that have no NaN.
    private func isNaN(_ operand: SQLFragment) -> SQLFragment? {
        switch column.storage {
        case .float4, .float8, .numeric: "\(operand) = \(nanLiteral)"
        case .int2, .int4, .int8, .text, .varchar, .bpchar, .bool, .timestamptz, .timestamp, .date, .bytea, .uuid, .array: nil
        }
    }

    private var nanLiteral: SQLFragment {
        column.storage == .float4 ? "'NaN'::float4" : column.storage == .numeric ? "'NaN'::numeric" : "'NaN'::float8"
    }

    private func literal(_ value: FeatureValue) -> SQLFragment {
        let literal = SQLLiteral(value, type: valueType)
        return column.storage == .numeric ? "\(literal)::numeric" : "\(literal)"
    }
}
