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
            change {
                $0.counts = newValue
            } _: {
                $0.counts = newValue
            }
        }
    }

    /// Adds the profile of other rows of the same feature, in the same frame.
    package mutating func merge(_ other: FeatureProfile) {
        change {
            guard case .numeric(let other) = other else { Self.isOfOneKind() }
            $0.merge(other)
        } _: {
            guard case .category(let other) = other else { Self.isOfOneKind() }
            $0.merge(other)
        }
    }

    /// Adds numbers, as `NumericProfile` does.
    package mutating func add(_ values: UnsafeBufferPointer<Double>, validity: UnsafeBufferPointer<UInt64>) {
        change {
            $0.add(values, validity: validity)
        } _: { _ in
            Self.isOfOneKind()
        }
    }

    /// Adds categories; nil is NULL.
    package mutating func add(_ values: some Sequence<String?>) {
        change { _ in
            Self.isOfOneKind()
        } _: { profile in
            for value in values { profile.add(value) }
        }
    }

    private static func isOfOneKind() -> Never {
        preconditionFailure("a feature is numeric or categorical under one baseline, not both")
    }

    /// Stands in for a profile while that is changed: otherwise it would be copied, tens of kilobytes for a few rows.
    private static let nothing = FeatureProfile.category(CategoryProfile())

    private mutating func change(_ numbers: (inout NumericProfile) -> Void, _ categories: (inout CategoryProfile) -> Void) {
        switch self {
        case .numeric(var profile):
            self = Self.nothing
            numbers(&profile)
            self = .numeric(profile)
        case .category(var profile):
            self = Self.nothing
            categories(&profile)
            self = .category(profile)
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
