package import FeatureDefs

/// What a training set is made from.
package struct TrainingRequest: Sendable {
    package private(set) var selection: FeatureSelection
    package let spine: SpineSource
    package let timestampColumn: String
    package let knowledge: KnowledgeMode
    package let usesFullFeatureNames: Bool
    /// "Now": source rows that became available later do not exist, so that the same request gives the same rows next
    /// month. nil for no such limit.
    package let asOf: Timestamp?
    /// nil to have it chosen by cost.
    package let strategy: JoinStrategy?
    /// What strategy `merge` may take; nil for a quarter of the machine's memory.
    package let memoryBytes: Int?
    /// Which tables strategy `merge` reads whole.
    package let wholeTables: WholeTableUse
    /// nil to leave the check out.
    package let leakCheck: LeakCheckOptions?

    package init(
        selection: FeatureSelection,
        spine: SpineSource,
        timestampColumn: String,
        knowledge: KnowledgeMode,
        usesFullFeatureNames: Bool,
        asOf: Timestamp? = nil,
        strategy: JoinStrategy? = nil,
        memoryBytes: Int? = nil,
        wholeTables: WholeTableUse = .whereItPays,
        leakCheck: LeakCheckOptions? = nil
    ) {
        self.selection = selection
        self.spine = spine
        self.timestampColumn = timestampColumn
        self.knowledge = knowledge
        self.usesFullFeatureNames = usesFullFeatureNames
        self.asOf = asOf
        self.strategy = strategy
        self.memoryBytes = memoryBytes
        self.wholeTables = wholeTables
        self.leakCheck = leakCheck
    }

    /// What is to be computed: no feature of a view but those that are read.
    var computingWhatIsRead: TrainingRequest {
        var request = self
        request.selection = selection.reducedToWhatIsRead
        return request
    }
}

/// How the point-in-time join is computed (DESIGN §7). All give the same values.
package enum JoinStrategy: String, Hashable, Sendable, Codable, CaseIterable {
    /// In Postgres: one indexed probe for each distinct (keys, cut) of the spine.
    case probe
    /// In this process: both sides come out by binary COPY and are joined in memory.
    case merge
}

/// Which tables strategy `merge` reads from their first row to their last, without asking for what the spine can see.
package enum WholeTableUse: Hashable, Sendable {
    /// Those of which the spine sees about all.
    case whereItPays
    /// All that can be read so, whatever it costs: so that tests see it.
    case whereverPossible
}

/// Whose training set it is, for its manifest.
package struct TrainingOrigin: Sendable {
    package let engineVersion: String
    package let plan: Plan
    /// Of the whole plan, of which a manifest keeps only what the service takes.
    package let planFingerprint: String
    package let service: String

    package init(engineVersion: String, plan: Plan, planFingerprint: String? = nil, service: String) {
        self.engineVersion = engineVersion
        self.plan = plan
        self.planFingerprint = planFingerprint ?? plan.fingerprint
        self.service = service
    }
}
