/// What a source's rows are held to, whoever reads them. It changes no value, and so no view's fingerprint.
package struct SourceExpectations: Hashable, Sendable, Codable {
    package let source: SourcePlan
    /// How old the newest visible event may be.
    package let freshness: Period?
    /// Columns that together identify a row; none when nothing is said.
    package let unique: [ColumnReference]
    /// By name.
    package let columns: [ColumnExpectation]
    /// Whether a materialization refuses what breaks any of it.
    package let isGate: Bool

    package init(
        source: SourcePlan, freshness: Period?, unique: [ColumnReference], columns: [ColumnExpectation], isGate: Bool
    ) {
        self.source = source
        self.freshness = freshness
        self.unique = unique
        self.columns = columns.sorted { $0.column.name < $1.column.name }
        self.isGate = isGate
    }

    /// What rows on their way to the online store are held to; nil when that is nothing. Freshness is no row's.
    ///
    /// - Parameter all: whether that is everything, and not what is marked `gate: true`.
    package func gate(all: Bool) -> SourceExpectations? {
        let isWhole = all || isGate
        let gating = isWhole ? columns : columns.filter(\.isGate)
        guard isWhole ? !(columns.isEmpty && unique.isEmpty) : !gating.isEmpty else { return nil }
        return SourceExpectations(
            source: source, freshness: nil, unique: isWhole ? unique : [], columns: gating, isGate: isGate)
    }
}

/// What one column is held to.
package struct ColumnExpectation: Hashable, Sendable {
    /// As the catalogue has it.
    package let column: ColumnReference
    /// As declared; nil when nothing is.
    package let type: FeatureType?
    /// Of `valueType`, never NULL or NaN.
    package let minimum: FeatureValue?
    package let maximum: FeatureValue?
    /// All values there may be; empty when nothing is said.
    package let domain: [FeatureValue]
    /// Of all rows.
    package let nulls: Share?
    /// Of the values that are not NULL; nil: a NaN is outside of every range.
    package let nans: Share?
    /// Of the values that are not NULL, outside of range or domain.
    package let allowed: Share
    package let isGate: Bool

    package init(
        column: ColumnReference, type: FeatureType? = nil, minimum: FeatureValue? = nil, maximum: FeatureValue? = nil,
        domain: [FeatureValue] = [], nulls: Share? = nil, nans: Share? = nil, allowed: Share = .zero, isGate: Bool = false
    ) {
        self.column = column
        self.type = type
        self.minimum = minimum
        self.maximum = maximum
        self.domain = domain
        self.nulls = nulls
        self.nans = nans
        self.allowed = allowed
        self.isGate = isGate
    }

    /// Whether the column is of the type declared. One that is not can be held to nothing else but NULLs.
    package var isOfDeclaredType: Bool { type.map { $0 == column.storage.featureType } ?? true }

    package var hasRange: Bool { minimum != nil || maximum != nil }

    /// What bounds and domain are: the declared type, and of a decimal column texts of digits, since no type holds them exactly.
    package var valueType: FeatureType { Self.valueType(of: column, declared: type) }

    static func valueType(of column: ColumnReference, declared type: FeatureType?) -> FeatureType {
        let type = type ?? column.storage.featureType
        return column.storage == .numeric && type == .float64 ? .string : type
    }
}

extension ColumnExpectation: Codable {
    private enum CodingKeys: String, CodingKey {
        case column, type, nulls, nans
        case minimum = "min"
        case maximum = "max"
        case domain = "in"
        case allowed = "allow"
        case isGate = "gate"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let column = try container.decode(ColumnReference.self, forKey: .column)
        let type = try container.decodeIfPresent(FeatureType.self, forKey: .type)
        let valueType = Self.valueType(of: column, declared: type)
        let value = { (text: String) throws -> FeatureValue in
            if let value = FeatureValue(parsing: text, as: valueType) { return value }
            throw DecodingError.dataCorruptedError(
                forKey: .minimum, in: container, debugDescription: "an expected value of `\(column.name)` is not \(valueType)")
        }
        self.init(
            column: column, type: type,
            minimum: try container.decodeIfPresent(String.self, forKey: .minimum).map(value),
            maximum: try container.decodeIfPresent(String.self, forKey: .maximum).map(value),
            domain: try (container.decodeIfPresent([String].self, forKey: .domain) ?? []).map(value),
            nulls: try container.decodeIfPresent(Share.self, forKey: .nulls),
            nans: try container.decodeIfPresent(Share.self, forKey: .nans),
            allowed: try container.decodeIfPresent(Share.self, forKey: .allowed) ?? .zero,
            isGate: try container.decodeIfPresent(Bool.self, forKey: .isGate) ?? false)
    }

    /// Values go as text: JSON has no infinity.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(column, forKey: .column)
        try container.encodeIfPresent(type, forKey: .type)
        try container.encodeIfPresent(minimum?.text, forKey: .minimum)
        try container.encodeIfPresent(maximum?.text, forKey: .maximum)
        if !domain.isEmpty { try container.encode(domain.compactMap(\.text), forKey: .domain) }
        try container.encodeIfPresent(nulls, forKey: .nulls)
        try container.encodeIfPresent(nans, forKey: .nans)
        if allowed != .zero { try container.encode(allowed, forKey: .allowed) }
        if isGate { try container.encode(isGate, forKey: .isGate) }
    }
}

extension Plan {
    /// What the rows that a view reads are held to on their way to the online store; nil when that is nothing.
    package func gate(of view: FeatureViewPlan, all: Bool) -> SourceExpectations? {
        gate(ofSourceNamed: view.source.name, all: all)
    }

    /// The same of a source's rows, whichever views read them.
    package func gate(ofSourceNamed name: String, all: Bool) -> SourceExpectations? {
        expectations.first { $0.source.name == name }?.gate(all: all)
    }
}
