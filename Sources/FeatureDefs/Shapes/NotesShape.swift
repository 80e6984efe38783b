/// Texts about a definition, which change no value. Every definition may have them.
enum NotesShape {
    static let description = KeyShape.optional("description", .text, "What it is, for people.")
    static let owner = KeyShape.optional("owner", .text, "Whom to ask about it.")
    static let tags = KeyShape.optional(
        "tags", .entries(key: .text("tag"), of: .text, mayBeEmpty: true), "Anything else to remember, by name.")

    static let keys = [description, owner, tags]
}
