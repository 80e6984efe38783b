package import OnlineStore

/// What a server serves: a plan as lookups, and its fingerprint.
package struct ServedPlan: Sendable {
    package let lookup: FeatureLookup
    package let fingerprint: String

    package init(lookup: FeatureLookup, fingerprint: String) {
        self.lookup = lookup
        self.fingerprint = fingerprint
    }
}
