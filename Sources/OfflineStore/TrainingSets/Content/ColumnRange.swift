import Columnar
import FeatureDefs
import Foundation

/// The number of NULLs and the least and greatest value of a column, by the contract's order: NaN is greatest, text goes by its
/// bytes.
struct ColumnRange {
    private struct Extreme {
        let value: FeatureValue
        let text: String?
    }

    private(set) var nulls = 0
    private var least: Extreme?
    private var greatest: Extreme?

    /// Longer texts say little in a manifest.
    private static let longestText = 256

    mutating func update(_ column: Column) {
        nulls += column.validity.nullCount
        guard let rows = Self.extremes(of: column) else { return }
        let candidates = (least: Self.extreme(column, rows.least), greatest: Self.extreme(column, rows.greatest))
        if least.map({ FeatureValueOrder.compare(candidates.least.value, $0.value) == .ascending }) ?? true {
            least = candidates.least
        }
        if greatest.map({ FeatureValueOrder.compare(candidates.greatest.value, $0.value) == .descending }) ?? true {
            greatest = candidates.greatest
        }
    }

    /// As `asof` prints the value; nil without a value, for lists and vectors, and for a long text.
    var minimum: String? { least?.text }
    var maximum: String? { greatest?.text }

    private static func extreme(_ column: Column, _ row: Int) -> Extreme {
        var bytes: [UInt8] = []
        ColumnText.cell(of: column)(row, &bytes)
        return Extreme(
            value: column.value(at: row),
            text: bytes.count <= longestText ? String(decoding: bytes, as: UTF8.self) : nil
        )
    }

    /// The rows of the least and of the greatest value, the first of equals; nil without any, and for a type without an order.
    private static func extremes(of column: Column) -> (least: Int, greatest: Int)? {
        switch column {
        case .bool(let column): extremes(column) { !$0 && $1 }
        case .int16(let column): extremes(column, <)
        case .int32(let column), .date(let column): extremes(column, <)
        case .int64(let column), .timestamp(let column): extremes(column, <)
        case .float32(let column): extremes(column, precedes)
        case .float64(let column): extremes(column, precedes)
        case .string(let column), .bytes(let column):
            column.bytes.withUnsafeBytes { bytes in
                extremes(column.validity, at: { $0 }) { precedes(bytes[column.range($0)], bytes[column.range($1)]) }
            }
        case .uuid(let column): extremes(column, <)
        case .list, .vector: nil
        }
    }

    @inline(__always)
    private static func precedes<Number: BinaryFloatingPoint>(_ lhs: Number, _ rhs: Number) -> Bool {
        lhs < rhs || (!lhs.isNaN && rhs.isNaN)
    }

    private static func precedes(_ lhs: Slice<UnsafeRawBufferPointer>, _ rhs: Slice<UnsafeRawBufferPointer>) -> Bool {
        let lhs = UnsafeRawBufferPointer(rebasing: lhs)
        let rhs = UnsafeRawBufferPointer(rebasing: rhs)
        guard let left = lhs.baseAddress, let right = rhs.baseAddress else { return lhs.count < rhs.count }
        let order = memcmp(left, right, min(lhs.count, rhs.count))
        return order == 0 ? lhs.count < rhs.count : order < 0
    }

    @inline(__always)
    private static func extremes<Element>(
        _ column: PrimitiveColumn<Element>, _ precedes: (Element, Element) -> Bool
    ) -> (least: Int, greatest: Int)? {
        column.values.withUnsafeBufferPointer { values in
            extremes(column.validity, at: { values[$0] }, precedes)
        }
    }

    @inline(__always)
    private static func extremes<Element>(
        _ validity: Validity, at element: (Int) -> Element, _ precedes: (Element, Element) -> Bool
    ) -> (least: Int, greatest: Int)? {
        let runs = validity.validRuns(in: 0..<validity.count)
        guard let first = runs.first?.lowerBound else { return nil }
        var (least, greatest) = (first, first)
        var (lowest, highest) = (element(first), element(first))
        for run in runs {
            for row in run {
                let candidate = element(row)
                if precedes(candidate, lowest) {
                    (least, lowest) = (row, candidate)
                } else if precedes(highest, candidate) {
                    (greatest, highest) = (row, candidate)
                }
            }
        }
        return (least, greatest)
    }
}
