/// What we compute for the cases of a topic: the fields that the file expects, by name.
enum VectorTopics {
    typealias Evaluation = @Sendable (VectorCase) throws -> [String: VectorValue]

    /// By topic. A topic of the file that is not here fails its cases.
    static let evaluations: [String: Evaluation] = [
        "psi": psi, "js": divergences, "ks": kolmogorovSmirnov, "wasserstein": wasserstein, "chi2": chiSquare,
        "ci": intervals, "kappa": kappa, "persistence": persistence, "fdr": falseDiscovery,
        "adwin": adaptiveWindow, "adwin_scale": scaleDependence, "page_hinkley": pageHinkley, "ddm": driftDetectionMethod,
        "eddm": earlyDriftDetectionMethod, "hddm_a": hoeffdingAverage, "cusum": cumulativeSum,
        "cusum_arl": cumulativeSumRunLength, "labelshift": labelShift, "calibration": calibration,
        "cbpe": expectedPerformance, "atc": confidenceThreshold, "mandoline": mandoline, "labeldelay": labelDelay,
        "mmd": meanDiscrepancy, "c2st": classifier, "sketch": sketch, "skew": skew, "trigger": trigger,
    ]

    /// Fields that only say what another tool gave; monitoring.md §4 lists them as not recomputed.
    static let otherToolsOutput: Set<String> = ["frouros_drift_status_indices_first5"]
}
