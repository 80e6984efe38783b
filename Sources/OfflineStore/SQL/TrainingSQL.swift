package import FeatureDefs
package import PostgresClient

/// The SQL that joins a spine with a selection of features, for people to read: `asof compile`.
package struct TrainingSQL {
    private let selection: FeatureSelection
    private let knowledge: KnowledgeMode

    package init(selection: FeatureSelection, knowledge: KnowledgeMode) {
        self.selection = selection
        self.knowledge = knowledge
    }

    package func text() throws(PostgresError) -> String {
        let spine = SpineTable(joinKeys: selection.joinKeys, requestInputs: selection.requestInputs, columns: [])
        let join = SpineJoinSQL(selection: selection, spine: spine, knowledge: knowledge)
        let query = try join.query { (features) throws(PostgresError) in
            var list = [SpineJoinColumn(sql: try join.spineColumn(SpineTable.ordinal), name: SpineTable.ordinal)]
            for (feature, value) in zip(selection.features, features) {
                list.append(
                    SpineJoinColumn(
                        sql: value.fragment, name: feature.columnName(isFull: false), remark: feature.description))
            }
            return list
        }
        return query.readableText
    }
}
