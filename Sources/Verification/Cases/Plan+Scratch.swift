package import FeatureDefs

extension Plan {
    /// The same definitions under another project's name, each source a table of its own in a schema: where the user's
    /// table or query stood, generated rows stand.
    package func readingTables(ofSchema schema: String, project: String) -> Plan {
        Plan(
            project: project,
            entities: entities,
            featureViews: featureViews.map { $0.reading($0.source.table(inSchema: schema)) },
            onDemandViews: onDemandViews,
            services: services
        )
    }

    /// The same definitions with one feature of a feature view alone in its view, if nothing else there is read.
    func isolating(_ reference: FeatureReference) -> Plan {
        Plan(
            project: project,
            entities: entities,
            featureViews: featureViews.map { $0.name == reference.view ? $0.keeping(only: reference.feature) : $0 },
            onDemandViews: [],
            services: []
        )
    }
}

extension FeatureViewPlan {
    fileprivate func reading(_ source: SourcePlan) -> FeatureViewPlan {
        copy(source: source, features: features)
    }

    /// The view with one of its features.
    func keeping(only feature: String) -> FeatureViewPlan {
        copy(source: source, features: features.filter { $0.name == feature })
    }

    private func copy(source: SourcePlan, features: [FeaturePlan]) -> FeatureViewPlan {
        FeatureViewPlan(
            name: name, entities: entities, joinKeys: joinKeys, joinKeyColumns: joinKeyColumns, source: source, filter: filter,
            schedule: schedule, ttl: ttl, features: features, notes: notes
        )
    }

    /// The source's columns that values of the view follow from, each once: keys, times, then what features read.
    var columnsRead: [ColumnReference] {
        var columns = joinKeyColumns + [source.eventTimestamp] + (source.createdTimestamp.map { [$0] } ?? [])
        columns += filter?.inputs ?? []
        for feature in features {
            columns += (feature.computation.argument?.inputs ?? []) + (feature.computation.filter?.inputs ?? [])
        }
        var seen = Set<ColumnReference>()
        return columns.filter { seen.insert($0).inserted }
    }
}

extension SourcePlan {
    fileprivate func table(inSchema schema: String) -> SourcePlan {
        SourcePlan(
            name: name, relation: .table([schema, name]), eventTimestamp: eventTimestamp, createdTimestamp: createdTimestamp,
            delay: delay)
    }
}
