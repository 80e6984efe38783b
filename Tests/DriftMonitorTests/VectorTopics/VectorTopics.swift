/// What we compute for the cases of a topic: the fields that the file expects, by name.
enum VectorTopics {
    typealias Evaluation = @Sendable (VectorCase) throws -> [String: VectorValue]

    /// By topic. A topic of the file that is not here fails its cases.
    static let evaluations: [String: Evaluation] = [
        "psi": psi, "js": divergences, "ks": kolmogorovSmirnov, "wasserstein": wasserstein, "chi2": chiSquare,
        "ci": intervals, "kappa": kappa, "persistence": persistence,
    ]

    /// Topics whose code is not written yet.
    static let notYet: Set<String> = [
        "mmd", "c2st", "fdr", "adwin", "page_hinkley", "ddm", "eddm", "hddm_a", "labelshift", "calibration", "cbpe", "atc",
        "mandoline", "sketch", "skew", "labeldelay", "trigger", "adwin_scale", "cusum", "cusum_arl",
    ]

    /// Fields that only say what another tool gave; monitoring.md §4 lists them as not recomputed.
    static let otherToolsOutput: Set<String> = ["frouros_drift_status_indices_first5"]
}
