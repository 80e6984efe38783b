/// What is kept of a feature's values in a window, whatever kind of feature it is.
package enum FeatureProfile: Hashable, Sendable {
    case numeric(NumericProfile)
    case category(CategoryProfile)

    package var counts: CellCounts {
        get {
            switch self {
            case .numeric(let profile): profile.counts
            case .category(let profile): profile.counts
            }
        }
        set {
            switch self {
            case .numeric(var profile):
                profile.counts = newValue
                self = .numeric(profile)
            case .category(var profile):
                profile.counts = newValue
                self = .category(profile)
            }
        }
    }

    /// Adds the profile of other rows of the same feature, in the same frame.
    package mutating func merge(_ other: FeatureProfile) {
        switch (self, other) {
        case (.numeric(var profile), .numeric(let other)):
            profile.merge(other)
            self = .numeric(profile)
        case (.category(var profile), .category(let other)):
            profile.merge(other)
            self = .category(profile)
        case (.numeric, .category), (.category, .numeric):
            preconditionFailure("a feature is numeric or categorical under one baseline, not both")
        }
    }

    /// As it is stored.
    package func encoded() -> [UInt8] {
        switch self {
        case .numeric(let profile): profile.encoded()
        case .category(let profile): profile.compacted().encoded()
        }
    }

    /// - Parameter frame: of a numeric feature; nil for a categorical one.
    package init(decoding bytes: [UInt8], frame: NumericFrame?) throws(ProfileDecodingError) {
        if let frame {
            self = .numeric(try NumericProfile(decoding: bytes, frame: frame))
        } else {
            self = .category(try CategoryProfile(decoding: bytes))
        }
    }
}

extension ProfileComparison {
    /// Of two profiles of one feature under one baseline; rows of each side count by its design effect.
    package init(reference: FeatureProfile, current: FeatureProfile, designEffect: Double, currentDesignEffect: Double) {
        switch (reference, current) {
        case (.numeric(let reference), .numeric(let current)):
            self.init(
                reference: reference, current: current, designEffect: designEffect, currentDesignEffect: currentDesignEffect)
        case (.category(let reference), .category(let current)):
            self.init(
                reference: reference, current: current, designEffect: designEffect, currentDesignEffect: currentDesignEffect)
        case (.numeric, .category), (.category, .numeric):
            preconditionFailure("a feature is numeric or categorical under one baseline, not both")
        }
    }
}
