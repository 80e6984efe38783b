/// `docs/reference.md`: what definitions may say, from the tables that the compiler itself reads.
package struct DefinitionReference {
    /// The errors that an expression may end in for a row, as whoever evaluates it names them.
    package struct RuntimeError {
        package let name: String
        package let sqlState: String
        package let example: String

        package init(name: String, sqlState: String, example: String) {
            self.name = name
            self.sqlState = sqlState
            self.example = example
        }
    }

    private let errors: [RuntimeError]

    package init(errors: [RuntimeError]) {
        self.errors = errors
    }

    package var markdown: String {
        let root = DefinitionFileShape.shape
        let sections =
            [
                """
                # Reference of definitions

                Generated from the compiler by `make docs`; do not edit. The same tables give the JSON Schema that `asof schema` prints,
                for editors: begin a definition file with `# yaml-language-server: $schema=<its path>`. What the times mean is in
                [the time contract](../README.md#the-time-contract); mistakes are listed in [diagnostics](diagnostics.md).
                """,
                section(root),
            ] + root.parts.map(section) + [names, periods, types, expressions, functions, errorMeanings]
        return sections.joined(separator: "\n\n") + "\n"
    }

    // MARK: Definitions

    private func section(_ shape: MappingShape) -> String {
        var table = MarkdownTable("key", "value", "", "meaning")
        for key in shape.keys { table.add("`\(key.name)`", key.value.words, presence(of: key, in: shape), key.description) }
        return """
            ## \(shape.title)

            \(shape.description)

            ```yaml
            \(shape.example)
            ```

            \(table.text)
            """
    }

    private func presence(of key: KeyShape, in shape: MappingShape) -> String {
        let own = shape.variants.compactMap(\.keys.first).map(\.name)
        if own.contains(key.name) { return "one of these" }
        if shape.variants.contains(where: { $0.keys.contains { $0.name == key.name } }) {
            let users = shape.variants.filter { $0.keys.contains { $0.name == key.name } }.compactMap(\.keys.first?.name)
            return users.count == 1 ? "with `\(users[0])`, required" : "with an aggregate, required"
        }
        return key.example == nil ? "" : "required"
    }

    private var names: String {
        """
        ## Names

        Letters a-z of either case, digits and single `_`; at most \(NameRule.byteLimit) bytes; no digit first; not \
        `\(NameRule.reservedPrefix)` first, which asof keeps for itself. View and feature together, as `view__feature`, fit into \
        \(NameRule.byteLimit) bytes too.
        """
    }

    private var periods: String {
        """
        ## Periods

        A number with a unit, or several: `7d`, `1h30m`, `250ms`. Units: \
        \(Period.units.map { "`\($0.suffix)`" }.joined(separator: ", ")). A day is 24 hours; there are no months.
        """
    }

    private var types: String {
        var table = MarkdownTable("type", "columns of Postgres", "join key")
        for type in FeatureType.scalars {
            let storages = ColumnStorage.scalars.filter { $0.featureType == type && $0 != .numeric }.map { "`\($0)`" }
            table.add("`\(type)`", storages.joined(separator: ", "), type.isAllowedAsJoinKey ? "yes" : "no")
        }
        table.add("`list<T>`", "arrays of one dimension, of T's columns", "no")
        table.add("`vector<N>`", "none: `cast(x as vector<384>)` of a `list<float32>`", "no")
        return """
            ## Types

            \(table.text)

            `date` and `timestamp` columns are read as UTC. A `numeric` column is refused, since no type holds it exactly, unless an
            expression says `lossy_float64(column)`. int64 arithmetic that overflows is an error; NaN equals NaN and is greatest; -0.0
            equals 0.0; text is compared by its bytes.
            """
    }

    // MARK: Expressions

    private var expressions: String {
        var table = MarkdownTable("operators, tightest first", "on", "gives")
        table.add("`-x`", "int64, float64", "the same")
        table.add("`*` `/` `%`", "int64, float64 (`%`: int64)", "`/` float64; the others the wider of both")
        table.add("`+` `-`", "int64, float64", "the wider of both")
        table.add("`||`", "string", "string")
        table.add("`between a and b`, `in (a, b)`, with `not` before", "one type", "bool")
        table.add("`=` `<>` `!=` `<` `<=` `>` `>=`", "one type; not chained", "bool")
        table.add("`is null`, `is not null`", "any", "bool, never NULL")
        table.add("`not`, then `and`, then `or`", "bool", "bool, three-valued")
        return """
            ## Expressions

            A small SQL. Keywords: \(Keyword.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")), in either case. Texts stand in
            single quotes (`'it''s'`), names in double quotes where they need any (`"Mixed Case"`), times are written
            `timestamp '2024-01-31T10:00:00Z'`. Columns are named alone, features `view.feature`.

            \(table.text)

            `case when c then v ... else e end`, or `case x when v then ... end`; without `else` NULL. `cast(x as int64)` rounds halves to
            even, `cast(x as float64)` and `cast(null as string)` do as they say. `extract(field from t)`, in UTC, has the fields
            \(TimestampField.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")). Postgres computes constants before it looks at
            any row, so a constant that has no value, such as `1 / 0`, is refused wherever it stands.
            """
    }

    private var functions: String {
        var table = MarkdownTable("function", "gives", "meaning")
        for (name, entry) in FunctionTable.functions.sorted(by: { $0.key < $1.key }) {
            table.add("`\(name)(\(entry.signature.parameters))`", entry.signature.resultWords, entry.function.referenceText)
        }
        table.add(
            "`lossy_float64(column)`", "float64",
            "A `numeric` column as the nearest float64. Naming it is consenting to the rounding.")
        return "## Functions\n\nA NULL argument gives NULL, unless the function says otherwise.\n\n\(table.text)"
    }

    private var errorMeanings: String {
        var table = MarkdownTable("error", "for instance", "SQLSTATE")
        for error in errors { table.add(error.name, "`\(error.example)`", "`\(error.sqlState)`") }
        return """
            ## Errors of expressions

            What has no value is an error, the same in Postgres and where on-demand features are computed: never NULL, never an infinity.

            \(table.text)

            In a feature view such a row fails `asof train` and `asof materialize` with the error: guard the expression, with
            `nullif(x, 0)` or `case when`. In an on-demand view it fails `asof train`; a lookup answers `INVALID` with NULL for that feature,
            and serves the others. Branches of `case` and arguments of `coalesce` after the one taken are not computed, so they guard what
            follows; `and` and `or` do not, since Postgres may turn conditions around.
            """
    }
}

extension ValueShape {
    /// For a table's cell.
    var words: String {
        switch self {
        case .text: "text"
        case .name(let what): what
        case .expression: "an expression"
        case .rowsOrExpression: "`*` or an expression"
        case .period(let isPositive): isPositive ? "a period over 0" : "a period"
        case .type: "a type"
        case .number(let range): "a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
        case .wholeNumber(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .constant: "a value"
        case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .flag: "`true` or `false`"
        case .list(let item, _): "a list, each \(item.words)"
        case .entries(.name(let what), let value, _), .entries(.text(let what), let value, _):
            "a mapping: \(what), \(value.words)"
        case .mapping(let shape): "[a mapping](#\(shape.title.anchor))"
        case .either(let short, let long): "\(short.words), or \(long.words)"
        }
    }
}

extension String {
    /// GitHub's anchor of a heading.
    fileprivate var anchor: String { lowercased().replacing(" ", with: "-") }
}
