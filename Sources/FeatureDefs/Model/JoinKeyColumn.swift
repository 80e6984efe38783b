/// An entry of `keys: {airport: origin_airport}`: a view's join key, and the caller's column it is read from.
struct JoinKeyColumn: Sendable {
    let key: ScalarText
    let column: ScalarText
}

extension MappingReader {
    func joinKeyColumns(into sink: inout DiagnosticSink) -> [JoinKeyColumn] {
        mapping(ViewAliasShape.keys, into: &sink).compactMap { entry in
            guard case .scalar(let column) = entry.value.content, !entry.value.isNull else {
                sink.report(
                    .wrongShape(
                        of: "the column of join key `\(entry.key.text)`", expected: "a name", found: entry.value.kind,
                        at: entry.value.isNull ? entry.key.span : entry.value.span))
                return nil
            }
            NameRule.check(column, of: "a join key's column", into: &sink)
            return JoinKeyColumn(key: entry.key, column: column)
        }
    }
}
