import OfflineStore

/// How far a check is, slice by slice, with all that it has summed up: what is kept in `asof.skew_runs` while it goes on, so that one
/// that is killed goes on where it was.
struct SkewProgress: Sendable, Codable {
    struct Slice: Sendable, Codable {
        let slice: ServedLogSlice
        let range: ServedLogRange
        /// The number of the last row that was checked.
        var after = Int64.min
        var isDone = false
        var tally: SkewTally.State?
        var hosts = HostClocks()
        var units = UnitFactors()

        init(slice: ServedLogSlice, range: ServedLogRange) {
            self.slice = slice
            self.range = range
        }
    }

    private enum CodingKeys: CodingKey { case slices }

    var slices: [Slice]
    /// How often it is kept: what is summed up may be large.
    var interval = Duration.seconds(30)
    private var lastKept = ContinuousClock.now

    init(_ slices: [Slice]) {
        self.slices = slices
    }

    var checkedRows: Int { slices.reduce(0) { $0 + ($1.tally?.rows ?? 0) } }

    var isKeepDue: Bool { ContinuousClock.now - lastKept >= interval }
    mutating func wasKept() { lastKept = .now }
}
