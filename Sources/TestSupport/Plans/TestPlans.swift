package import FeatureDefs

/// Plans as the compiler would make them, for tests that start after it.
package enum TestPlans {
    package static let notes = DefinitionNotes()

    package static func source(_ name: String = "events") -> SourcePlan {
        SourcePlan(
            name: name, relation: .table([name]),
            eventTimestamp: ColumnReference(name: "at", storage: .timestamptz), createdTimestamp: nil, delay: .zero
        )
    }

    package static func column(_ name: String, _ storage: ColumnStorage) -> TypedExpression<ColumnReference> {
        TypedExpression(.input(ColumnReference(name: name, storage: storage)), type: storage.featureType)
    }

    package static func latest(_ name: String, _ storage: ColumnStorage = .int8) -> FeaturePlan {
        FeaturePlan(
            name: name, computation: .latest(column(name, storage), filter: nil), type: storage.featureType, notes: notes
        )
    }

    /// The latest of a column of reals, as a vector.
    package static func vector(_ name: String, _ length: Int) -> FeaturePlan {
        let count = TypedExpression<ColumnReference>(.literal(.int64(Int64(length))), type: .int64)
        let vector = TypedExpression(.call(.toVector, [column(name, .array(.float4)), count]), type: .vector(length))
        return FeaturePlan(name: name, computation: .latest(vector, filter: nil), type: .vector(length), notes: notes)
    }

    package static func count(_ name: String) -> FeaturePlan {
        FeaturePlan(
            name: name,
            computation: .window(.count, argument: nil, length: Period(microseconds: 3_600_000_000), filter: nil),
            type: .int64, notes: notes
        )
    }

    package static func view(
        _ name: String, keys: [JoinKey], features: [FeaturePlan], ttl: Period? = nil,
        schedule: Schedule? = Schedule(every: Period(microseconds: 60_000_000), lag: .zero)
    ) -> FeatureViewPlan {
        FeatureViewPlan(
            name: name, entities: keys.map(\.name), joinKeys: keys,
            joinKeyColumns: keys.map { ColumnReference(name: $0.name, storage: .int8) },
            source: source(), filter: nil,
            schedule: schedule,
            ttl: ttl, features: features, notes: notes
        )
    }
}
