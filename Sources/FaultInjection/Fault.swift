package import SkewChecker

/// One thing that goes wrong between a definition and what is served.
package enum Fault: String, CaseIterable, Sendable {
    case none
    case lateBatch = "late batch"
    case missedRuns = "missed runs"
    case oldDefinition = "old definition still online"
    case brokenWrite = "broken write of one view"
    case lostWrite = "write of a run lost"
    case truncatedFloat = "truncated float"
    case ttlOff = "ttl off"
    case wrongZone = "wrong time zone in a source"
    case shiftedClock = "shifted host clock"
    case swappedNull = "swapped null and default"
    case lostZero = "key without its leading zero"
    case boundary = "boundary off by one"
    /// A late batch and truncated floats.
    case twoAtOnce = "two at once"

    /// The cause that must be found for it.
    package var cause: SkewCause? {
        switch self {
        case .none, .twoAtOnce: nil
        case .lateBatch: SkewCause(.lateData)
        case .missedRuns: SkewCause(.staleness)
        case .oldDefinition: SkewCause(.definitionChange)
        case .brokenWrite: SkewCause(.transformOrWrite, .unexplained)
        case .lostWrite: SkewCause(.transformOrWrite, .lostWrite)
        case .truncatedFloat: SkewCause(.transformOrWrite, .truncation)
        case .ttlOff: SkewCause(.transformOrWrite, .ttl)
        case .wrongZone: SkewCause(.transformOrWrite, .timeZone)
        case .shiftedClock: SkewCause(.staleness, .clockSkew)
        case .swappedNull: SkewCause(.transformOrWrite, .nullDefaultSwap)
        case .lostZero: SkewCause(.transformOrWrite, .missingKey)
        case .boundary: SkewCause(.transformOrWrite, .windowBoundary)
        }
    }

    /// Whether a cause is the fault's. A clock that is off shows at whatever step comes first.
    package func isExplained(by found: SkewCause) -> Bool {
        switch self {
        case .shiftedClock: found.refinement == .clockSkew
        case .twoAtOnce: found == Fault.lateBatch.cause || found == Fault.truncatedFloat.cause
        case .none, .lateBatch, .missedRuns, .oldDefinition, .brokenWrite, .lostWrite, .truncatedFloat, .ttlOff, .wrongZone,
            .swappedNull, .lostZero, .boundary:
            found == cause
        }
    }
}
