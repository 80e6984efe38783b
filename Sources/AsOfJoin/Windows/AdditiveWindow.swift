import Columnar
import Evaluation

/// What sums over one window come from, at each point of one key: counts, sums and sums of squares, exact.
///
/// What a row adds where it enters it takes away where it leaves, as differences between neighbouring points; one walk over the
/// points then adds them up. So a row costs the same whatever the window, and exactness makes the order irrelevant.
struct AdditiveWindow {
    let needsSum: Bool
    let needsSquares: Bool
    /// By point: the rows that count.
    private(set) var counts = ContiguousArray<Int32>()
    /// By point: the sum of the finite values, in units of `2^exponent`.
    private var sums = ContiguousArray<Int128>()
    /// By point: of the deviations from `center`.
    private var squares = ContiguousArray<UInt256>()
    private var notANumber = ContiguousArray<Int32>()
    private var positiveInfinity = ContiguousArray<Int32>()
    private var negativeInfinity = ContiguousArray<Int32>()
    private var exponent = 0
    private var hasNonFinite = false
    private var center: Int128 = 0
    /// By point: where the values fit no fixed point.
    private var wideSums = ContiguousArray<Double>()
    private var wideVariances = ContiguousArray<Double>()
    private var wideDeviations = ContiguousArray<Double>()

    /// Squares of deviations of so many bits, as many as an Int32 counts, fit 256 bits, also times their number.
    private static let greatestSquarableBits = 95

    init(needsSum: Bool, needsSquares: Bool) {
        self.needsSum = needsSum
        self.needsSquares = needsSquares
    }

    // MARK: Loading

    mutating func load(
        _ group: KeyGroup, _ spans: WindowSpans, counting feature: WindowFeature, _ arguments: FixedPointArguments?
    ) throws(EvaluationError) {
        let pointCount = group.pointCount
        counts.reset(to: 0, count: pointCount)
        guard needsSum || needsSquares, let arguments else {
            for position in 0..<group.count where feature.counts(group.rows[position]) {
                Self.add(1, at: position, group, spans, to: &counts)
            }
            return Self.accumulate(&counts)
        }
        for position in 0..<group.count where arguments.counts[position] {
            Self.add(1, at: position, group, spans, to: &counts)
        }
        Self.accumulate(&counts)
        (exponent, hasNonFinite) = (arguments.exponent, arguments.hasNonFinite)
        if hasNonFinite { countNonFinite(group, spans, feature, arguments) }
        wideSums.removeAll(keepingCapacity: true)
        wideVariances.removeAll(keepingCapacity: true)
        wideDeviations.removeAll(keepingCapacity: true)
        if needsSum {
            if arguments.fits { loadSums(group, spans, arguments) } else { try loadWideSums(group, spans, feature) }
        }
        if needsSquares {
            if arguments.fits, arguments.magnitudeBits < Self.greatestSquarableBits {
                loadSquares(group, spans, arguments)
            } else {
                loadWideVariances(group, spans, feature)
            }
        }
    }

    @inline(__always)
    private static func add<Value: FixedWidthInteger>(
        _ value: Value, at position: Int, _ group: KeyGroup, _ spans: WindowSpans, to differences: inout ContiguousArray<Value>
    ) {
        let enter = group.enters[position]
        let leave = spans.leaves[position]
        guard leave > enter else { return }
        differences[Int(enter)] &+= value
        if Int(leave) < differences.count { differences[Int(leave)] &-= value }
    }

    private static func accumulate<Value: FixedWidthInteger>(_ differences: inout ContiguousArray<Value>) {
        var total: Value = 0
        for point in differences.indices {
            total &+= differences[point]
            differences[point] = total
        }
    }

    private mutating func loadSums(_ group: KeyGroup, _ spans: WindowSpans, _ arguments: FixedPointArguments) {
        sums.reset(to: 0, count: group.pointCount)
        for position in 0..<group.count { Self.add(arguments.values[position], at: position, group, spans, to: &sums) }
        Self.accumulate(&sums)
    }

    private mutating func countNonFinite(
        _ group: KeyGroup, _ spans: WindowSpans, _ feature: WindowFeature, _ arguments: FixedPointArguments
    ) {
        notANumber.reset(to: 0, count: group.pointCount)
        positiveInfinity.reset(to: 0, count: group.pointCount)
        negativeInfinity.reset(to: 0, count: group.pointCount)
        for position in 0..<group.count where arguments.counts[position] {
            let value = feature.number(group.rows[position])
            if value.isNaN {
                Self.add(1, at: position, group, spans, to: &notANumber)
            } else if value.isInfinite {
                if value > 0 {
                    Self.add(1, at: position, group, spans, to: &positiveInfinity)
                } else {
                    Self.add(1, at: position, group, spans, to: &negativeInfinity)
                }
            }
        }
        Self.accumulate(&notANumber)
        Self.accumulate(&positiveInfinity)
        Self.accumulate(&negativeInfinity)
    }

    private mutating func loadWideSums(
        _ group: KeyGroup, _ spans: WindowSpans, _ feature: WindowFeature
    ) throws(EvaluationError) {
        var sum = ExactFloatSum()
        try spans.walk(
            group,
            enter: { (position) throws(EvaluationError) in
                if feature.counts(group.rows[position]) { sum.add(feature.number(group.rows[position])) }
            },
            leave: { (position) throws(EvaluationError) in
                if feature.counts(group.rows[position]) { sum.remove(feature.number(group.rows[position])) }
            },
            emit: { (_) throws(EvaluationError) in wideSums.append(try sum.rounded()) }
        )
    }

    private mutating func loadSquares(_ group: KeyGroup, _ spans: WindowSpans, _ arguments: FixedPointArguments) {
        center = arguments.values.indices.first { arguments.counts[$0] }.map { arguments.values[$0] } ?? 0
        sums.reset(to: 0, count: group.pointCount)
        squares.reset(to: .zero, count: group.pointCount)
        for position in 0..<group.count where arguments.counts[position] {
            let deviation = arguments.values[position] - center
            Self.add(deviation, at: position, group, spans, to: &sums)
            let enter = group.enters[position]
            let leave = spans.leaves[position]
            guard leave > enter else { continue }
            let square = UInt256(squareOf: deviation)
            squares[Int(enter)] &+= square
            if Int(leave) < squares.count { squares[Int(leave)] &-= square }
        }
        Self.accumulate(&sums)
        var total = UInt256.zero
        for point in squares.indices {
            total &+= squares[point]
            squares[point] = total
        }
    }

    private mutating func loadWideVariances(_ group: KeyGroup, _ spans: WindowSpans, _ feature: WindowFeature) {
        var moments = ExactMoments()
        spans.walk(
            group,
            enter: { (position) throws(Never) in
                let row = group.rows[position]
                guard feature.counts(row) else { return }
                if case .int64(let cells) = feature.argument {
                    moments.add(cells.values[Int(row)])
                } else {
                    moments.add(feature.number(row))
                }
            },
            leave: { (position) throws(Never) in
                let row = group.rows[position]
                guard feature.counts(row) else { return }
                if case .int64(let cells) = feature.argument {
                    moments.remove(cells.values[Int(row)])
                } else {
                    moments.remove(feature.number(row))
                }
            },
            emit: { (_) throws(Never) in
                // A variance that overflows is an error where it is read; its root does not.
                do throws(EvaluationError) {
                    wideVariances.append(try moments.variance() ?? .nan)
                } catch {
                    wideVariances.append(.infinity)
                }
                wideDeviations.append(moments.standardDeviation() ?? .nan)
            }
        )
    }

    // MARK: Reading

    /// The sum of integers, or nil over none.
    @inline(__always)
    func integerSum(_ point: Int) throws(EvaluationError) -> Int64? {
        if counts[point] == 0 { return nil }
        guard let sum = Int64(exactly: sums[point]) else { throw .integerOverflow }
        return sum
    }

    /// The mean of integers, or nil over none.
    @inline(__always)
    func integerMean(_ point: Int) -> Double? {
        if counts[point] == 0 { return nil }
        return FixedPoint.rounded(sums[point], exponent: 0) / Double(counts[point])
    }

    /// The sum of floats, rounded once, or nil over none.
    @inline(__always)
    func floatSum(_ point: Int) throws(EvaluationError) -> Double? {
        if counts[point] == 0 { return nil }
        if hasNonFinite {
            if notANumber[point] > 0 || positiveInfinity[point] > 0 && negativeInfinity[point] > 0 { return .nan }
            if positiveInfinity[point] > 0 { return .infinity }
            if negativeInfinity[point] > 0 { return -.infinity }
        }
        if !wideSums.isEmpty { return wideSums[point] }
        let sum = FixedPoint.rounded(sums[point], exponent: exponent)
        if sum.isInfinite { throw .floatOverflow }
        return sum
    }

    /// The mean of floats, or nil over none.
    @inline(__always)
    func floatMean(_ point: Int) throws(EvaluationError) -> Double? {
        guard let sum = try floatSum(point) else { return nil }
        return try FloatMean.of(sum: sum, count: Int64(counts[point]))
    }

    /// The sample variance; nil over fewer than two.
    func variance(_ point: Int) throws(EvaluationError) -> Double? {
        guard let (significand, exponent) = scaledVariance(point) else { return nil }
        let variance = Double(sign: .plus, exponent: exponent, significand: significand)
        if variance.isInfinite { throw .floatOverflow }
        return variance
    }

    /// The square root of the sample variance; nil over fewer than two.
    func standardDeviation(_ point: Int) -> Double? {
        guard let (significand, exponent) = scaledVariance(point) else { return nil }
        if !wideDeviations.isEmpty, !significand.isNaN { return wideDeviations[point] }
        let isOdd = !exponent.isMultiple(of: 2)
        let root = (isOdd ? 2 * significand : significand).squareRoot()
        return Double(sign: .plus, exponent: (exponent - (isOdd ? 1 : 0)) / 2, significand: root)
    }

    /// `(n Σd² - (Σd)²) / (n (n - 1))` as `significand * 2^exponent`.
    private func scaledVariance(_ point: Int) -> (significand: Double, exponent: Int)? {
        let count = UInt128(counts[point])
        if count < 2 { return nil }
        if hasNonFinite, notANumber[point] > 0 || positiveInfinity[point] > 0 || negativeInfinity[point] > 0 { return (.nan, 0) }
        if !wideVariances.isEmpty { return (wideVariances[point], 0) }
        var numerator = squares[point].multiplied(by: count)
        numerator &-= UInt256(squareOf: sums[point])
        let (significand, shift) = numerator.leading
        return (significand / Double(count * (count - 1)), shift + 2 * exponent)
    }
}

extension ContiguousArray {
    /// Makes it so many of a value, keeping its memory.
    @inline(__always)
    mutating func reset(to value: Element, count: Int) {
        removeAll(keepingCapacity: true)
        append(contentsOf: repeatElement(value, count: count))
    }
}

extension WindowFeature {
    /// The argument as a float, on a row where it is one.
    func number(_ row: Int32) -> Double {
        switch argument {
        case .float64(let cells): cells.values[Int(row)]
        case .float32(let cells): Double(cells.values[Int(row)])
        case .int64(let cells): Double(cells.values[Int(row)])
        case .bool, .int16, .int32, .timestamp, .date, .string, .bytes, .uuid, .list, .vector, nil:
            preconditionFailure("only numbers are added")
        }
    }
}
