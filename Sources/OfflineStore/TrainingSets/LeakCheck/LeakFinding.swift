/// How a training set is looked over for features that know what they cannot know when served.
package struct LeakCheckOptions: Hashable, Sendable {
    /// The spine's column that a model is to predict; nil to take the only one with two values.
    package let label: String?
    /// Whether a finding is an error, after which nothing is written, and so is a part of the check that came to no end. Then the
    /// check takes the time that it takes.
    package let isStrict: Bool
    /// Whether the spine was made from a view's entities: then it reads that view's source, and holds no outcome.
    package let isSpineMade: Bool

    package init(label: String? = nil, isStrict: Bool = false, isSpineMade: Bool = false) {
        self.label = label
        self.isStrict = isStrict
        self.isSpineMade = isSpineMade
    }
}

/// A sign that a feature knows more than it could.
package struct LeakFinding: Codable, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Codable, Hashable, Sendable {
        /// A view reads the table that the spine's rows, and so the label, come from.
        case labelSource = "label_source"
        /// Rows of a source became available before they happened.
        case knownBeforeItHappened = "known_before_it_happened"
        /// A feature alone tells the label's two values apart.
        case separatesLabel = "separates_label"
        /// A feature's value is another if the spine's time moves back by one microsecond.
        case changesWithinMicrosecond = "changes_within_microsecond"
    }

    package let kind: Kind
    /// The feature's column, the view or the source.
    package let subject: String
    package let description: String
}

/// What the check found, and what it could not look at.
package struct LeakCheckReport: Codable, Hashable, Sendable {
    /// The column that was taken for the label; nil when none was.
    package let label: String?
    /// Rows looked at one by one.
    package let sampledRows: Int
    package internal(set) var findings: [LeakFinding] = []
    /// Parts of the check for which the training set has nothing to look at, and why.
    package internal(set) var notChecked: [String] = []
    /// Parts that could not be brought to an end: for want of time or of rows.
    package internal(set) var inconclusive: [String] = []

    init(label: String?, sampledRows: Int) {
        self.label = label
        self.sampledRows = sampledRows
    }
}

extension LeakCheckReport {
    /// Manifests from before `inconclusive` have all of it under `notChecked`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        label = try container.decodeIfPresent(String.self, forKey: .label)
        sampledRows = try container.decode(Int.self, forKey: .sampledRows)
        findings = try container.decode([LeakFinding].self, forKey: .findings)
        notChecked = try container.decode([String].self, forKey: .notChecked)
        inconclusive = try container.decodeIfPresent([String].self, forKey: .inconclusive) ?? []
    }
}
