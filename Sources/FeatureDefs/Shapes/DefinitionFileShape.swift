/// A definition file: the sections it may have.
enum DefinitionFileShape {
    static let entities = section("entities", EntityShape.shape, of: "an entity")
    static let sources = section("sources", SourceShape.shape, of: "a source")
    static let featureViews = section("feature_views", FeatureViewShape.shape, of: "a feature view")
    static let onDemandFeatureViews = section("on_demand_feature_views", OnDemandViewShape.shape, of: "a feature view")
    static let featureServices = section("feature_services", FeatureServiceShape.shape, of: "a feature service")

    static let shape = MappingShape(
        "definition_file", title: "A definition file",
        "All files of the project's `features` folder form one project: which file has what does not matter.",
        example: "entities:\n  card: {join_keys: {card_id: int64}}",
        keys: [entities, sources, featureViews, onDemandFeatureViews, featureServices]
    )

    private static func section(_ name: String, _ shape: MappingShape, of what: String) -> KeyShape {
        .optional(name, .entries(key: .name(of: what), of: .mapping(shape), mayBeEmpty: true), shape.description)
    }
}
