import DriftMonitor

extension VectorTopics {
    /// The indices, from 0, at which a detector says so.
    private static func indices(_ stream: [Double], _ detector: some ChangeDetector) -> [Int] {
        var detector = detector
        return stream.indices.filter { detector.update(stream[$0]) == .drift }
    }

    static func adaptiveWindow(_ vector: VectorCase) throws -> [String: VectorValue] {
        let stream = try vector.inputs["stream"].stream
        let params = vector.params
        func window(clock: Int, _ afterChange: AdaptiveWindow.AfterChange) throws -> AdaptiveWindow {
            AdaptiveWindow(
                delta: try params["delta"].number, clock: clock, bucketsPerSize: try params["max_buckets"].int,
                minimumPart: try params["min_window_length"].int, gracePeriod: try params["grace_period"].int,
                afterChange: afterChange)
        }
        func run(_ start: AdaptiveWindow) -> VectorValue {
            var window = start
            var found: [Int] = []
            var widths: [Double] = []
            for (index, value) in stream.enumerated() where window.update(value) == .drift {
                found.append(index)
                widths.append(window.width)
            }
            return .object([
                "detections_0based": VectorValue(found), "width_after_each": VectorValue(widths),
                "final_width": .number(window.width), "final_mean": .number(window.mean), "final_m2": .number(window.squares),
            ])
        }
        let clock = try params["clock"].int
        return [
            "retained": run(try window(clock: clock, .keepNewer)), "retained_clock1": run(try window(clock: 1, .keepNewer)),
            "river_reset": run(try window(clock: clock, .forget)),
            "river_reset_clock1_detections": VectorValue(indices(stream, try window(clock: 1, .forget))),
            "sum_of_stream": .number(stream.reduce(0, +)), "first3": VectorValue(Array(stream.prefix(3))),
        ]
    }

    static func pageHinkley(_ vector: VectorCase) throws -> [String: VectorValue] {
        let stream = try vector.inputs["stream"].stream
        func found(delta: Double, threshold: Double, _ direction: PageHinkley.Direction) throws -> VectorValue {
            VectorValue(
                indices(
                    stream,
                    PageHinkley(
                        minimumCount: try vector.params["min_instances"].int, delta: delta, threshold: threshold,
                        fading: try vector.params["alpha"].number, direction: direction)))
        }
        // `delta.05_thr20_both`: the parameters are in the field's name.
        return try Dictionary(
            uniqueKeysWithValues: vector.expected.fields.keys.map { name in
                let parts = name.split(separator: "_")
                if parts[0] == "default" { return (name, try found(delta: 0.005, threshold: 50, .both)) }
                guard parts.count == 3, let delta = Double("0" + parts[0].dropFirst(5)),
                    let threshold = Double(parts[1].dropFirst(3)),
                    let direction = PageHinkley.Direction(rawValue: String(parts[2]))
                else { throw VectorValue.Unexpected(description: "no parameters in `\(name)`") }
                return (name, try found(delta: delta, threshold: threshold, direction))
            })
    }

    /// Drifts and warnings of a detector of error flags.
    private static func errors(_ vector: VectorCase, _ start: some ChangeDetector) throws -> [String: VectorValue] {
        var detector = start
        var drifts: [Int] = []
        var warnings: [Int] = []
        for (index, value) in try vector.inputs["stream"].stream.enumerated() {
            let state = detector.update(value)
            if state == .drift { drifts.append(index) }
            // EDDM's warning stands beside a drift, as river's does.
            let stands = (detector as? EarlyDriftDetectionMethod)?.hasWarning ?? (state == .warning)
            if stands { warnings.append(index) }
        }
        return [
            "drift_0based": VectorValue(drifts), "warning_first10": VectorValue(Array(warnings.prefix(10))),
            "n_warnings": VectorValue(warnings.count),
        ]
    }

    static func driftDetectionMethod(_ vector: VectorCase) throws -> [String: VectorValue] {
        // The published rule, which waits for no error: river's.
        try errors(
            vector,
            DriftDetectionMethod(
                warmStart: try vector.params["warm_start"].int, minimumErrors: 0,
                warningLevel: try vector.params["warning"].number, driftLevel: try vector.params["drift"].number))
    }

    static func earlyDriftDetectionMethod(_ vector: VectorCase) throws -> [String: VectorValue] {
        try errors(
            vector,
            EarlyDriftDetectionMethod(
                warmStart: try vector.params["warm_start"].int, alpha: try vector.params["alpha"].number,
                beta: try vector.params["beta"].number))
    }

    static func hoeffdingAverage(_ vector: VectorCase) throws -> [String: VectorValue] {
        try errors(
            vector,
            HoeffdingAverage(
                driftConfidence: try vector.params["drift_confidence"].number,
                warningConfidence: try vector.params["warning_confidence"].number,
                isTwoSided: vector.params["two_sided_test"] == true))
    }

    static func scaleDependence(_ vector: VectorCase) throws -> [String: VectorValue] {
        let stream = try vector.inputs["stream"].stream
        let rows = try vector.expected["rows"].elements.map { row in
            let scale = try row["scale"].number
            let scaled = stream.map { $0 * scale }
            return VectorValue.object([
                "scale": .number(scale),
                "adwin_river_reset": VectorValue(indices(scaled, AdaptiveWindow(afterChange: .forget))),
                "page_hinkley_count": VectorValue(indices(scaled, PageHinkley()).count),
            ])
        }
        return ["rows": .list(rows)]
    }

    static func cumulativeSum(_ vector: VectorCase) throws -> [String: VectorValue] {
        let stream = try vector.inputs["stream"].stream
        let slack = try vector.params["k"].number
        // `alarms_h8`: the threshold is in the field's name.
        return try Dictionary(
            uniqueKeysWithValues: vector.expected.fields.keys.map { name in
                guard name.hasPrefix("alarms_h"), let threshold = Double(name.dropFirst(8)) else {
                    throw VectorValue.Unexpected(description: "no threshold in `\(name)`")
                }
                return (name, VectorValue(indices(stream, CumulativeSum(slack: slack, threshold: threshold))))
            })
    }

    static func cumulativeSumRunLength(_ vector: VectorCase) throws -> [String: VectorValue] {
        let rows = try vector.expected["rows"].elements.map { row in
            let (slack, threshold) = (try row["k"].number, try row["h"].number)
            return VectorValue.object(
                try Dictionary(
                    uniqueKeysWithValues: row.fields.keys.map { name in
                        switch name {
                        case "k": (name, .number(slack))
                        case "h": (name, .number(threshold))
                        case "arl0_two_sided":
                            (name, .number(CumulativeSum.updatesBetweenFalseAlarms(slack: slack, threshold: threshold)))
                        default:
                            if name.hasPrefix("delay_at_"), let shift = Double(name.dropFirst(9).dropLast(2)) {
                                (
                                    name,
                                    .number(
                                        CumulativeSum.oneSidedRunLength(slack: slack, threshold: threshold, shift: shift))
                                )
                            } else {
                                throw VectorValue.Unexpected(description: "no meaning of `\(name)`")
                            }
                        }
                    }))
        }
        return ["rows": .list(rows)]
    }
}
