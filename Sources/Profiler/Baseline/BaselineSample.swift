import Columnar
import DriftMonitor

/// The rows that a baseline is made from: all of them up to a limit, beyond that a uniform sample by hash, so that memory stays bounded
/// and the same rows are taken whatever their order.
struct BaselineSample {
    /// Enough to know a share to a hundredth, or a quantile's rank, and little enough that `asof train` does not wait for it.
    static let capacity = 1 << 14

    let columns: [ProfiledColumn]
    private(set) var rowsSeen = 0
    private var rows: ProfiledRows?
    private var limit = UInt64.max

    init(columns: [ProfiledColumn]) {
        self.columns = columns
    }

    mutating func add(_ batch: ProfiledRows) {
        add(hashes: batch.hashes) { $0.count == batch.count ? batch : batch.chosen($0) }
    }

    /// - Parameters:
    ///   - hashes: of the rows of a batch, as `ProfiledRows` has them.
    ///   - taking: makes some of its rows: only those that are kept need be made.
    mutating func add(hashes: [UInt64], _ taking: ([Int]) -> ProfiledRows) {
        rowsSeen += hashes.count
        let limit = limit
        let places = hashes.indices.filter { hashes[$0] <= limit }
        if places.isEmpty { return }
        let kept = taking(places)
        if rows?.append(kept) == nil { rows = kept }
        while let held = rows, held.count > 2 * Self.capacity { thin(held) }
    }

    private mutating func thin(_ held: ProfiledRows) {
        limit /= 2
        let limit = limit
        rows = held.chosen(held.hashes.indices.filter { held.hashes[$0] <= limit })
        // Rows with one hash are all kept or all dropped: a spine of one row over and over cannot be thinned.
        if limit == 0 { rows = held.chosen(Array(0..<Self.capacity)) }
    }

    /// The frames, and the rows that they are from; nil without a row.
    func frames() -> (frames: BaselineFrames, rows: ProfiledRows)? {
        guard let rows, rows.count > 0 else { return nil }
        var framed: [BaselineFrames.Column] = []
        for (column, cells) in zip(columns, rows.cells) {
            var frame: NumericFrame?
            if case .numbers(let numbers, let validity) = cells {
                frame = NumericFrame(baseline: numbers.indices.filter { validity.isValid($0) }.map { numbers[$0] })
            }
            framed.append(BaselineFrames.Column(column: column, frame: frame))
        }
        let numbers = framed.filter { $0.frame != nil }.map(\.column.name).prefix(JointFrame.columnLimit)
        let categories = framed.filter { $0.column.kind == .category }.map(\.column.name)
        let draft = BaselineFrames(
            columns: framed,
            joint: JointFrame(
                columns: Array(numbers), categories: categories,
                fourier: RandomFourierFrame(columns: numbers.count, dimensions: 1, sigma: 1)))
        let least = rows.hashes.indices.sorted { rows.hashes[$0] < rows.hashes[$1] }.prefix(500)
        let points = JointRows(draft).rows(of: rows, at: Array(least)).map(\.values)
        let joint = JointFrame(
            columns: Array(numbers), categories: categories, baseline: points, baselineRows: rowsSeen)
        return (BaselineFrames(columns: framed, joint: joint), rows)
    }
}
