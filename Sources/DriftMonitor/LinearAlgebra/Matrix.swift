/// A small dense matrix, row by row. For systems of at most some hundred unknowns.
struct Matrix: Hashable, Sendable {
    let rows: Int
    let columns: Int
    private(set) var values: [Double]

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        values = [Double](repeating: 0, count: rows * columns)
    }

    init(_ rows: [[Double]]) {
        self.init(rows: rows.count, columns: rows.first?.count ?? 0)
        for (i, row) in rows.enumerated() {
            precondition(row.count == columns, "the rows of a matrix are alike")
            for (j, value) in row.enumerated() { self[i, j] = value }
        }
    }

    subscript(row: Int, column: Int) -> Double {
        @inline(__always) get { values[row * columns + column] }
        @inline(__always) set { values[row * columns + column] = newValue }
    }

    func column(_ column: Int) -> [Double] { (0..<rows).map { self[$0, column] } }

    func times(_ vector: [Double]) -> [Double] {
        (0..<rows).map { row in (0..<columns).reduce(0) { $0 + self[row, $1] * vector[$1] } }
    }

    func transposedTimes(_ vector: [Double]) -> [Double] {
        (0..<columns).map { column in (0..<rows).reduce(0) { $0 + self[$1, column] * vector[$1] } }
    }

    /// The x with A x = b by elimination with row pivots; nil where the matrix is singular to working precision.
    func solve(_ right: [Double]) -> [Double]? {
        precondition(rows == columns && right.count == rows, "a system has as many equations as unknowns")
        var a = self
        var x = right
        let scale = values.reduce(0) { max($0, abs($1)) }
        for pivot in 0..<rows {
            var best = pivot
            for row in pivot..<rows where abs(a[row, pivot]) > abs(a[best, pivot]) { best = row }
            guard abs(a[best, pivot]) > scale * 1e-15 else { return nil }
            if best != pivot {
                for column in 0..<columns {
                    (a[best, column], a[pivot, column]) = (a[pivot, column], a[best, column])
                }
                x.swapAt(best, pivot)
            }
            for row in (pivot + 1)..<max(rows, pivot + 1) {
                let factor = a[row, pivot] / a[pivot, pivot]
                if factor == 0 { continue }
                for column in pivot..<columns { a[row, column] -= factor * a[pivot, column] }
                x[row] -= factor * x[pivot]
            }
        }
        for row in stride(from: rows - 1, through: 0, by: -1) {
            for column in (row + 1)..<max(columns, row + 1) { x[row] -= a[row, column] * x[column] }
            x[row] /= a[row, row]
        }
        return x
    }

    /// The singular values, greatest first, by Hestenes' one-sided Jacobi rotations, which keep the small ones' digits.
    var singularValues: [Double] {
        var columns = (0..<self.columns).map(column)
        for _ in 0..<60 {
            var isDone = true
            for i in columns.indices {
                for j in (i + 1)..<max(columns.count, i + 1) {
                    let (a, b) = (columns[i], columns[j])
                    let alpha = a.reduce(0) { $0 + $1 * $1 }
                    let beta = b.reduce(0) { $0 + $1 * $1 }
                    let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
                    if abs(product) <= 1e-16 * (alpha * beta).squareRoot() { continue }
                    isDone = false
                    let zeta = (beta - alpha) / (2 * product)
                    let t = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
                    let c = 1 / (1 + t * t).squareRoot()
                    let s = c * t
                    columns[i] = zip(a, b).map { c * $0 - s * $1 }
                    columns[j] = zip(a, b).map { s * $0 + c * $1 }
                }
            }
            if isDone { break }
        }
        return columns.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }.sorted(by: >)
    }
}
