/// The keys of an entity.
enum EntityShape {
    static let joinKeys = KeyShape.required(
        "join_keys", .entries(key: .name(of: "a join key"), of: .type, mayBeEmpty: false), example: "join_keys: {card_id: int64}",
        "The columns that identify one of them, with their types. The source of every view of the entity has a column of each name."
    )

    static let shape = MappingShape(
        "entity", title: "Entities", "A thing that features describe, and the columns that identify it.",
        example: """
            entities:
              card: {join_keys: {card_id: int64}, description: A payment card}
              account: {join_keys: {bank: string, number: int64}}
            """,
        keys: [joinKeys] + NotesShape.keys
    )
}
