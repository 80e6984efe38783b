extension SQLIdentifier {
    /// The name for people: in quotes only where SQL needs them.
    package var readable: String {
        let isPlain =
            raw.unicodeScalars.allSatisfy { "a"..."z" ~= $0 || "0"..."9" ~= $0 || $0 == "_" }
            && !(raw.unicodeScalars.first.map { "0"..."9" ~= $0 } ?? true)
        return isPlain && !Self.keywords.contains(raw) ? raw : quoted
    }

    /// Words that are not names everywhere, in Postgres 15: `SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'`.
    package static let keywords: Set<String> = Set(
        """
        all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char \
        character check coalesce collate collation column concurrently constraint create cross current_catalog current_date \
        current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do \
        else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in \
        initially inner inout int integer intersect interval into is isnull join lateral leading least left like limit localtime \
        localtimestamp national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer \
        overlaps overlay placing position precision primary real references returning right row select session_user setof similar \
        smallint some substring symmetric table tablesample then time timestamp to trailing treat trim true union unique user using \
        values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest \
        xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
        """.split(separator: " ").map(String.init))
}
