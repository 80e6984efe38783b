package import FeatureDefs
package import OnlineStore

/// What a server serves: a plan as lookups, and its fingerprint.
package struct ServedPlan: Sendable {
    package let lookup: FeatureLookup
    package let fingerprint: String
    /// Where pushed rows go; nil: none are taken.
    package let pushes: (any PushReceiver)?

    package init(lookup: FeatureLookup, fingerprint: String, pushes: (any PushReceiver)? = nil) {
        self.lookup = lookup
        self.fingerprint = fingerprint
        self.pushes = pushes
    }
}
