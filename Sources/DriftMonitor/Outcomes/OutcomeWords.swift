import Foundation

/// What a report on outcomes means, in sentences: what is known, until when, and what is not.
struct OutcomeWords {
    let day: Int
    let threshold: Double
    let through: Int?
    let diagnosis: ShiftDiagnosis?
    let unlabelled: OutcomeReport.Unlabelled?
    let early: OutcomeReport.Early?
    let dashboard: OutcomeReport.Dashboard?
    let finalRecall: Double?

    var sentences: [String] {
        guard let through else {
            return [
                "Too few labels are old enough to tell how late labels come: nothing that they say is final, and no shift can be told from "
                    + "another."
            ]
        }
        var sentences = [known(through)]
        if let dashboard { sentences.append(why(dashboard, through)) }
        if let early { sentences.append(words(early)) }
        if let unlabelled { sentences.append(words(unlabelled)) }
        sentences.append(
            "Of predictions after \(Self.date(through)) concept drift cannot be ruled out before their labels come: the same inputs with another "
                + "outcome leave no trace in inputs or scores. The score stands for the inputs; rows are taken for independent.")
        return sentences
    }

    private func known(_ through: Int) -> String {
        let until = "Labels through \(Self.date(through)): "
        guard let diagnosis else { return until + "there are too few final days before to compare them with." }
        switch diagnosis.kind {
        case .none: return until + "neither who is scored nor what becomes of it had changed."
        case .covariateShift:
            return until
                + "covariate shift: other rows are scored than before (psi \(Self.number(diagnosis.scores.effect))), and what becomes "
                + "of rows of a score is what it was. The model is as right as it was where it is asked; retraining gains little."
        case .labelShift:
            return until
                + "label shift: positives are more or less frequent (ln ratio \(Self.number(diagnosis.prior.effect))), and each class scores "
                + "as it did. Recalibrating is enough."
        case .conceptDrift:
            return until
                + "concept drift: rows of the same score turn out otherwise than before (off by \(Self.percent(diagnosis.calibration.effect)) "
                + "of the positives expected), and no change of their frequency explains it. The model has to learn anew."
        case .unknown:
            return until
                + "only \(diagnosis.referencePositives) positives before and \(diagnosis.currentPositives) now; \(ShiftDiagnosis.leastPositives) on each side tell the shifts apart."
        }
    }

    private func why(_ dashboard: OutcomeReport.Dashboard, _ through: Int) -> String {
        let recall = dashboard.recall.map { " and recall \(Self.percent($0))" } ?? ""
        let final =
            finalRecall.map { " The newest final recall, of predictions up to \(Self.date(through)), is \(Self.percent($0))." }
            ?? ""
        return "A dashboard of the last 30 days shows a rate of \(Self.percent(dashboard.rate))\(recall), and only "
            + "\(Self.percent(dashboard.completeness)) of those days' positive labels have come: whatever is missing counts as negative in the rate, and "
            + "recall is that of the labels that come fast, or of \(day - through) days ago.\(final)"
    }

    private func words(_ early: OutcomeReport.Early) -> String {
        let counts =
            "\(early.observed) positive labels have come for predictions since \(Self.date(early.from)); by their scores and how late labels come, "
            + "\(Self.number(early.expected)) should have"
        guard early.hasMoved else { return counts + ": no more and no fewer than chance allows." }
        return counts
            + " (p \(Self.number(early.pValue))): outcomes have changed in a way that scores do not see, or labels come at another pace. Days before they are final."
    }

    private func words(_ unlabelled: OutcomeReport.Unlabelled) -> String {
        let scores =
            unlabelled.scores.hasMoved
            ? "Scores of the last week are not what they were (psi \(Self.number(unlabelled.scores.effect)))"
            : "Scores of the last week are distributed as before"
        let boxed =
            unlabelled.boxedRate.map { "a rate of \(Self.percent($0)) by BBSE" }
            ?? "no rate by BBSE, whose confusion does not bear one"
        let agree =
            unlabelled.boxedRate.map { abs($0 - unlabelled.likelyRate) <= 0.2 * max($0, unlabelled.likelyRate) } ?? false
        let doubt =
            unlabelled.scores.hasMoved && !agree
            ? " The two do not agree, so that this is no shift of labels alone: take neither." : ""
        return "\(scores). Valid only if P(Y|X) is unchanged: a rate of \(Self.percent(unlabelled.expectedRate)) and a recall of "
            + "\(Self.percent(unlabelled.expectedRecall)) by the scores (CBPE). Valid only if P(X|Y) is unchanged: \(boxed), "
            + "\(Self.percent(unlabelled.likelyRate)) by MLLS.\(doubt) None of these sees concept drift."
    }

    /// `2024-03-01`
    static func date(_ day: Int) -> String {
        // Civil from days, Howard Hinnant's algorithm.
        let z = day + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(dayOfYear - (153 * shifted + 2) / 5 + 1))"
    }

    static func percent(_ share: Double) -> String { share.isFinite ? "\((share * 1000).rounded() / 10)%" : "-" }

    static func number(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        guard abs(value) >= 0.001 else { return "below 0.001" }
        return "\((value * 1000).rounded() / 1000)"
    }
}
