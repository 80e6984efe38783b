/// Why a served value is not what training computes.
package struct SkewCause: Hashable, Sendable, Codable, Comparable {
    /// Between which steps of the ladder the value changes first (monitoring.md §3.2).
    package enum Step: String, Hashable, Sendable, Codable, CaseIterable {
        /// What was served is not what the run could have computed from what it saw.
        case transformOrWrite = "transform_or_write"
        /// Rows have come since the run, with times that claim they were known to it.
        case lateData = "late_data"
        /// The run that was due had not been made: older than the schedule allows.
        case staleness
        /// The definition in force when it was served was another.
        case definitionChange = "definition_change"
    }

    /// What the difference looks like, in the order in which it is asked.
    package enum Refinement: String, Hashable, Sendable, Codable, CaseIterable {
        case missingKey = "missing_key"
        case ttl
        case defaultFilled = "default_filled"
        case clockSkew = "clock_skew"
        case timeZone = "time_zone"
        case unitFactor = "unit_factor"
        case float32
        case pastDoublePrecision = "past_2_53"
        case truncation
        case unicodeForm = "unicode_form"
        case whitespace
        case letterCase = "letter_case"
        case nullDefaultSwap = "null_default_swap"
        case windowBoundary = "window_boundary"
        case permutedList = "permuted_list"
        /// A later run has finished and its row is not there.
        case lostWrite = "lost_write"
        /// The stored row was written under a definition that the reader does not have.
        case unreadableRow = "unreadable_row"
        case unexplained
    }

    package let step: Step
    /// nil where the step says it all.
    package let refinement: Refinement?

    package init(_ step: Step, _ refinement: Refinement? = nil) {
        self.step = step
        self.refinement = refinement
    }

    /// Reads `code`; nil for one that an asof of another version wrote.
    package init?(code: String) {
        let parts = code.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let step = Step(rawValue: first), parts.count <= 2 else { return nil }
        guard parts.count == 2 else {
            self.init(step)
            return
        }
        guard let refinement = Refinement(rawValue: parts[1]) else { return nil }
        self.init(step, refinement)
    }

    /// `transform_or_write/float32`
    package var code: String { step.rawValue + (refinement.map { "/\($0.rawValue)" } ?? "") }

    package static func < (lhs: SkewCause, rhs: SkewCause) -> Bool { lhs.place < rhs.place }

    private var place: Int {
        let step = Step.allCases.firstIndex(of: step) ?? 0
        let refinement = refinement.flatMap { Refinement.allCases.firstIndex(of: $0) } ?? -1
        return step * 100 + refinement
    }

    /// In words, for whoever has to mend it.
    package var words: String {
        switch (step, refinement) {
        case (_, .clockSkew): "the host's clock is off"
        case (.lateData, _): "rows arrived after the run, with times that say they had not"
        case (.staleness, _): "a scheduled run was missed or late"
        case (.definitionChange, .unreadableRow): "the stored row is of another definition than the server's"
        case (.definitionChange, _): "served by another definition than the one applied"
        case (.transformOrWrite, .lostWrite): "a finished run's row is not in the online store"
        case (.transformOrWrite, .missingKey): "the entity has rows but none was found online"
        case (.transformOrWrite, .ttl): "the ttl was judged otherwise"
        case (.transformOrWrite, .defaultFilled): "the default was served in place of a value"
        case (.transformOrWrite, .timeZone): "times were read in another time zone"
        case (.transformOrWrite, .unitFactor): "the value is a unit's factor off"
        case (.transformOrWrite, .float32): "rounded to float32"
        case (.transformOrWrite, .pastDoublePrecision): "a whole number past 2^53 went through a float"
        case (.transformOrWrite, .truncation): "digits, letters or seconds were cut off"
        case (.transformOrWrite, .unicodeForm): "the text is in another Unicode form"
        case (.transformOrWrite, .whitespace): "whitespace differs"
        case (.transformOrWrite, .letterCase): "upper and lower case differ"
        case (.transformOrWrite, .nullDefaultSwap): "NULL and a default were taken for each other"
        case (.transformOrWrite, .windowBoundary): "a row on the boundary of the window was counted otherwise"
        case (.transformOrWrite, .permutedList): "the list's elements are in another order"
        case (.transformOrWrite, .unreadableRow): "the stored row could not be read"
        case (.transformOrWrite, .unexplained), (.transformOrWrite, nil):
            "what was written or served is not what the definition computes"
        }
    }
}
