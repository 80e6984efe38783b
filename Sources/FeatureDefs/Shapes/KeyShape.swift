/// A key that a definition may have. The readers, the JSON Schema and the reference all read it from here.
struct KeyShape: Sendable {
    let name: String
    /// What to write where the key is needed and missing; nil: it may be left out.
    let example: String?
    let value: ValueShape
    /// One or two sentences of Markdown.
    let description: String

    /// A key that may be left out.
    static func optional(_ name: String, _ value: ValueShape, _ description: String) -> KeyShape {
        KeyShape(name: name, example: nil, value: value, description: description)
    }

    /// A key that must be there; `example` shows it with a value.
    static func required(_ name: String, _ value: ValueShape, example: String, _ description: String) -> KeyShape {
        KeyShape(name: name, example: example, value: value, description: description)
    }
}

/// What a key's value may be.
indirect enum ValueShape: Sendable {
    /// Any single value: a description.
    case text
    /// The name of a definition or a column: "an entity".
    case name(of: String)
    case expression
    /// An expression, or `*` for rows.
    case rowsOrExpression
    /// `7d`, `1h30m`
    case period(isPositive: Bool)
    case type
    case number(ClosedRange<Double>)
    case wholeNumber(ClosedRange<Int>)
    /// A single value of the feature's type.
    case constant
    /// One of some words.
    case word([String])
    /// `true` or `false`
    case flag
    case list(of: ValueShape, mayBeEmpty: Bool)
    /// One entry for each of something; `key` says what their keys name.
    case entries(key: EntryKey, of: ValueShape, mayBeEmpty: Bool)
    case mapping(MappingShape)
    /// The short form, or the long one.
    case either(ValueShape, ValueShape)
}

/// What the keys of a mapping with one entry for each of something are.
enum EntryKey: Sendable {
    /// A name that `NameRule` allows.
    case name(of: String)
    /// Any text.
    case text(String)
}
