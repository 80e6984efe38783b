/// What an apply leaves on record about itself.
package struct ApplyNote: Hashable, Sendable {
    package var appliedBy: String
    package var engineVersion: String
    /// The commit that the definitions are from, where there is one.
    package var codeRevision: String?
    /// Why, in the words of whoever did it.
    package var reason: String?
    /// The apply whose plan this one brings back.
    package var rollbackOf: Int64?

    package init(
        appliedBy: String, engineVersion: String, codeRevision: String? = nil, reason: String? = nil, rollbackOf: Int64? = nil
    ) {
        self.appliedBy = appliedBy
        self.engineVersion = engineVersion
        self.codeRevision = codeRevision
        self.reason = reason
        self.rollbackOf = rollbackOf
    }
}

/// The state of the registry that an apply was planned against.
package enum RegistryBase: Hashable, Sendable {
    /// The caller does not mind.
    case whatever
    /// The latest apply of the project; 0 when there was none.
    case apply(Int64)
}
