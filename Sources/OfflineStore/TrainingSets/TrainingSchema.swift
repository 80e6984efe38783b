package import Columnar
package import FeatureDefs

/// A column of a training set: how it lies in memory, and what it is to Postgres.
package struct TrainingColumn: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        /// A column of the spine, which passes through unchanged.
        case spine
        case feature(FeatureReference)
    }

    package let name: String
    /// In memory; text for a type that asof does not know, such as `numeric` or `jsonb`.
    package let type: ColumnType
    /// As Postgres spells it, such as `bigint` or `numeric(10,2)`: what the column of a table gets.
    package let databaseType: String
    package let origin: Origin

    package init(name: String, type: ColumnType, databaseType: String, origin: Origin) {
        self.name = name
        self.type = type
        self.databaseType = databaseType
        self.origin = origin
    }

    package var isFeature: Bool {
        switch origin {
        case .feature: true
        case .spine: false
        }
    }
}

/// The columns of a training set, in order: the spine's, then the features.
package struct TrainingSchema: Hashable, Sendable {
    package let columns: [TrainingColumn]

    package init(columns: [TrainingColumn]) {
        self.columns = columns
    }

    /// The spine's columns as they are named, and the features under the names that the request gives them.
    package init(spine: SpineTable, request: TrainingRequest) throws(SpineError) {
        let names = try TrainingColumns(
            features: request.selection.features,
            fullNames: request.usesFullFeatureNames,
            spineColumns: spine.columns.map(\.name)
        ).featureNames
        var columns = spine.columns.map {
            TrainingColumn(name: $0.name, type: $0.type, databaseType: $0.databaseType, origin: .spine)
        }
        for (index, name) in names.enumerated() {
            let type = request.selection.types[index]
            columns.append(
                TrainingColumn(
                    name: name,
                    type: ColumnType(type),
                    databaseType: type.postgresName,
                    origin: .feature(request.selection.features[index].reference)
                )
            )
        }
        self.columns = columns
    }

    package var spineColumnCount: Int { columns.prefix { !$0.isFeature }.count }
}
