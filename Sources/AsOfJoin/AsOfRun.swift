import Columnar
import Evaluation
import FeatureDefs

/// One task's work on a join: its keys one after the other, in memory that is used again for each.
struct AsOfRun {
    private let join: AsOfJoin
    private let features: [WindowFeature]
    private var group: KeyGroup

    private let latestKernels: [LatestKernel]
    /// nil where keys need more than it does.
    private var orderedLatest: OrderedLatest?
    private var latest: [RowChoice]

    /// The different window lengths.
    private let lengths: [Int64]
    private var spans: [WindowSpans]
    /// What several features take the same rows and values from.
    private struct Lane: Hashable {
        let argument: Int?
        let mask: Int?
    }
    private var lanes: [Lane] = []
    /// By lane: a feature that has it.
    private var laneFeatures: [WindowFeature] = []
    private var fixedPoint: [FixedPointArguments?] = []
    private var ranks: [ValueRanks?] = []
    private var additive: [Additive] = []
    private var ranked = RankedWindow()

    /// Sums and counts of a lane over a window.
    private struct Additive {
        let lane: Int
        let span: Int
        var window: AdditiveWindow
    }

    /// What one feature reads, and where its values go.
    private struct Output {
        let function: AggregateFunction
        let lane: Int
        let span: Int
        /// Into `additive`.
        let additive: Int
        let isInteger: Bool
        var integers = PrimitiveColumn<Int64>()
        var floats = PrimitiveColumn<Double>()
        var rows = RowChoice()
        var counts = ContiguousArray<Int64>()
        var lists = RowLists()

        mutating func reserve(_ pointCount: Int) {
            switch function {
            case .count, .distinctCount: counts.reserveCapacity(pointCount)
            case .sum where isInteger: integers.reserveCapacity(pointCount)
            case .sum, .mean, .variance, .stddev: floats.reserveCapacity(pointCount)
            case .min, .max, .first: rows.reserveCapacity(pointCount)
            case .lastN: break
            }
        }
    }
    private var outputs: [Output] = []

    /// - Parameter pointCount: of all keys that will be appended.
    init(_ join: AsOfJoin, pointCount: Int) {
        self.join = join
        group = KeyGroup(join.rows, join.points)
        latestKernels = join.latest.map { LatestKernel(mask: $0.mask.map { join.masks[$0] }, ttl: $0.ttl) }
        latest = join.latest.map { _ in RowChoice(reserving: pointCount) }
        orderedLatest = OrderedLatest(join)
        features = join.windows.map(join.feature)
        var lengths: [Int64] = []
        for window in join.windows where !lengths.contains(window.length) { lengths.append(window.length) }
        self.lengths = lengths
        spans = lengths.map { _ in WindowSpans() }
        for index in join.windows.indices { addOutput(index, pointCount: pointCount) }
    }

    private mutating func addOutput(_ index: Int, pointCount: Int) {
        let window = join.windows[index]
        let lane = lane(of: window, features[index])
        let span = lengths.firstIndex(of: window.length) ?? 0
        var isInteger = false
        if case .int64 = features[index].argument { isInteger = true }
        var additive = -1
        switch window.function {
        case .count: additive = additiveIndex(lane: lane, span: span, needsSum: false, needsSquares: false)
        case .sum, .mean: additive = additiveIndex(lane: lane, span: span, needsSum: true, needsSquares: false)
        case .variance, .stddev: additive = additiveIndex(lane: lane, span: span, needsSum: false, needsSquares: true)
        case .min, .max, .distinctCount: ranks[lane] = ranks[lane] ?? ValueRanks()
        case .first, .lastN: break
        }
        var output = Output(function: window.function, lane: lane, span: span, additive: additive, isInteger: isInteger)
        output.reserve(pointCount)
        outputs.append(output)
    }

    private mutating func lane(of window: AsOfJoin.Window, _ feature: WindowFeature) -> Int {
        let lane = Lane(argument: window.argument, mask: window.mask)
        if let index = lanes.firstIndex(of: lane) { return index }
        lanes.append(lane)
        laneFeatures.append(feature)
        fixedPoint.append(nil)
        ranks.append(nil)
        return lanes.count - 1
    }

    private mutating func additiveIndex(lane: Int, span: Int, needsSum: Bool, needsSquares: Bool) -> Int {
        if needsSum || needsSquares { fixedPoint[lane] = fixedPoint[lane] ?? FixedPointArguments() }
        let found = additive.firstIndex {
            $0.lane == lane && $0.span == span && $0.window.needsSum == needsSum && $0.window.needsSquares == needsSquares
        }
        if let found { return found }
        additive.append(
            Additive(lane: lane, span: span, window: AdditiveWindow(needsSum: needsSum, needsSquares: needsSquares)))
        return additive.count - 1
    }

    /// Joins one key, and appends the values at its points.
    mutating func append(_ key: Int) throws(EvaluationError) {
        if orderedLatest?.append(key, latestKernels, to: &latest) == true { return }
        group.load(key)
        for index in latestKernels.indices { latestKernels[index].append(group, to: &latest[index]) }
        for index in spans.indices { spans[index].load(group, length: lengths[index]) }
        for lane in lanes.indices {
            fixedPoint[lane]?.load(group, feature: laneFeatures[lane])
            if let argument = laneFeatures[lane].argument {
                ranks[lane]?.load(group, feature: laneFeatures[lane], argument: argument)
            }
        }
        for index in additive.indices {
            let lane = additive[index].lane
            try additive[index].window.load(
                group, spans[additive[index].span], counting: laneFeatures[lane], fixedPoint[lane])
        }
        for index in outputs.indices { try append(output: index) }
    }

    private mutating func append(output index: Int) throws(EvaluationError) {
        let lane = outputs[index].lane
        let span = spans[outputs[index].span]
        switch outputs[index].function {
        case .count:
            let counts = additive[outputs[index].additive].window.counts
            for count in counts { outputs[index].counts.append(Int64(count)) }
        case .sum where outputs[index].isInteger:
            let window = additive[outputs[index].additive].window
            for point in 0..<group.pointCount { outputs[index].integers.append(try window.integerSum(point), or: 0) }
        case .sum:
            let window = additive[outputs[index].additive].window
            for point in 0..<group.pointCount { outputs[index].floats.append(try window.floatSum(point), or: 0) }
        case .mean:
            let isInteger = outputs[index].isInteger
            let window = additive[outputs[index].additive].window
            for point in 0..<group.pointCount {
                let mean = isInteger ? window.integerMean(point) : try window.floatMean(point)
                outputs[index].floats.append(mean, or: 0)
            }
        case .variance:
            let window = additive[outputs[index].additive].window
            for point in 0..<group.pointCount { outputs[index].floats.append(try window.variance(point), or: 0) }
        case .stddev:
            let window = additive[outputs[index].additive].window
            for point in 0..<group.pointCount { outputs[index].floats.append(window.standardDeviation(point), or: 0) }
        case .min, .max:
            guard let ranks = ranks[lane] else { return }
            let isGreatest = outputs[index].function == .max
            ranked.appendExtremum(isGreatest: isGreatest, group, span, ranks, to: &outputs[index].rows)
        case .distinctCount:
            guard let ranks = ranks[lane] else { return }
            ranked.appendDistinctCount(group, span, ranks, to: &outputs[index].counts)
        case .first:
            ranked.appendFirst(group, span, laneFeatures[lane], to: &outputs[index].rows)
        case .lastN(let count):
            ranked.appendLast(count, group, span, laneFeatures[lane], to: &outputs[index].lists)
        }
    }

    consuming func result() -> AsOfJoin.Result {
        AsOfJoin.Result(
            latest: latest,
            windows: outputs.map { output in
                switch output.function {
                case .count, .distinctCount: .integers(PrimitiveColumn(output.counts))
                case .sum where output.isInteger: .integers(output.integers)
                case .sum, .mean, .variance, .stddev: .floats(output.floats)
                case .min, .max, .first: .rows(output.rows)
                case .lastN: .rowLists(output.lists)
                }
            }
        )
    }
}

extension PrimitiveColumn {
    /// Appends a value, or a NULL with a placeholder.
    @inline(__always)
    mutating func append(_ value: Element?, or placeholder: Element) {
        if let value { append(value) } else { appendNull(placeholder: placeholder) }
    }
}
