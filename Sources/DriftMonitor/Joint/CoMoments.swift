import Foundation

/// Sums of z and of products of pairs of z, over rows: the correlations of up to some 64 features, mergeable. In whole units, so that
/// no order matters: z in 2^-20, cut at ±1024 scales (which also keeps one wild value from deciding a correlation).
/// A missing value counts as 0, the baseline's median: it weakens a correlation, and its own share is watched apart.
package struct CoMoments: Hashable, Sendable {
    package let columns: Int
    package private(set) var count: UInt64 = 0
    private(set) var sums: ContiguousArray<Int128>
    /// Of pairs i <= j, row by row of the triangle.
    private(set) var products: ContiguousArray<Int128>

    package init(columns: Int) {
        self.columns = columns
        sums = ContiguousArray(repeating: 0, count: columns)
        products = ContiguousArray(repeating: 0, count: columns * (columns + 1) / 2)
    }

    init(columns: Int, count: UInt64, sums: ContiguousArray<Int128>, products: ContiguousArray<Int128>) {
        self.columns = columns
        self.count = count
        self.sums = sums
        self.products = products
    }

    /// Adds rows from columns of standardised values, all of one length; NaN is missing.
    package mutating func add(columns values: [UnsafeBufferPointer<Double>]) {
        precondition(values.count == columns, "a row has a value for each column")
        let rows = values.first?.count ?? 0
        precondition(values.allSatisfy { $0.count == rows }, "columns have one length")
        count += UInt64(rows)
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(columns, 1)) { row in
            for index in 0..<rows {
                for column in 0..<columns { row[column] = Self.fixedPoint(values[column][index]) }
                sums.withUnsafeMutableBufferPointer { sums in
                    for column in 0..<columns { sums[column] &+= Int128(row[column]) }
                }
                products.withUnsafeMutableBufferPointer { products in
                    var place = 0
                    for i in 0..<columns {
                        for j in i..<columns {
                            // At most 2^30 each, so the product fits.
                            products[place] &+= Int128(row[i] &* row[j])
                            place &+= 1
                        }
                    }
                }
            }
        }
    }

    /// Adds rows, each with a value for each column.
    package mutating func add(rows: [[Double]]) {
        let turned = (0..<columns).map { column in rows.map { $0[column] } }
        func add(_ rest: ArraySlice<[Double]>, _ pointers: [UnsafeBufferPointer<Double>]) {
            guard let first = rest.first else { return self.add(columns: pointers) }
            first.withUnsafeBufferPointer { add(rest.dropFirst(), pointers + [$0]) }
        }
        if !rows.isEmpty { add(turned[...], []) }
    }

    private static func fixedPoint(_ z: Double) -> Int64 {
        z.isNaN ? 0 : Int64((max(-1024, min(1024, z)) * 0x1p20).rounded())
    }

    package mutating func merge(_ other: CoMoments) {
        precondition(columns == other.columns, "co-moments of the same features merge")
        count += other.count
        for index in sums.indices { sums[index] += other.sums[index] }
        for index in products.indices { products[index] += other.products[index] }
    }

    /// Pearson's correlation of two columns; 0 where one does not vary.
    package func correlation(_ i: Int, _ j: Int) -> Double {
        let (ij, ii, jj) = (covariance(i, j), covariance(i, i), covariance(j, j))
        return ii > 0 && jj > 0 ? max(-1, min(1, ij / (ii * jj).squareRoot())) : 0
    }

    /// n sum z_i z_j - sum z_i sum z_j, over n², in z units: the whole difference is formed before it is rounded.
    private func covariance(_ i: Int, _ j: Int) -> Double {
        guard count > 0 else { return 0 }
        let (low, high) = (min(i, j), max(i, j))
        let place = low * columns - low * (low - 1) / 2 + high - low
        let n = DoubleDouble(Double(count))
        let product = Self.split(products[place]) * n - Self.split(sums[i]) * Self.split(sums[j])
        return product.value / (Double(count) * Double(count)) * 0x1p-40
    }

    private static func split(_ value: Int128) -> DoubleDouble {
        let high = Double(value)
        return DoubleDouble(high: high, low: Double(value - Int128(high)))
    }
}
