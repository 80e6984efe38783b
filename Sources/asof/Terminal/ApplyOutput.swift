import FeatureDefs
import OfflineStore

/// A record of the registry as the commands print it.
struct ApplyOutput: Encodable {
    let applyID: Int64
    let fingerprint: String
    let appliedAt: String
    let appliedBy: String
    let engineVersion: String
    let codeRevision: String?
    let reason: String?
    let rollbackOf: Int64?
    let definitions: String?

    init(_ record: ApplyRecord, definitions: String?) {
        applyID = record.applyID
        fingerprint = record.fingerprint
        appliedAt = record.appliedAt.description
        appliedBy = record.note.appliedBy
        engineVersion = record.note.engineVersion
        codeRevision = record.note.codeRevision
        reason = record.note.reason
        rollbackOf = record.note.rollbackOf
        self.definitions = definitions
    }

    static func reason(_ note: ApplyNote) -> String {
        [note.rollbackOf.map { "rollback to apply \($0)" }, note.reason].compactMap { $0 }.joined(separator: ": ")
    }

    /// `1f6a09c2b7de`, `1f6a09c2b7de+changes`
    static func short(revision: String) -> String {
        let parts = revision.split(separator: "+", maxSplits: 1)
        return (parts.first.map { String($0.prefix(12)) } ?? "") + (parts.count > 1 ? "+\(parts[1])" : "")
    }
}
