import PostgresClient

/// Where a row version stands: its table, which of a partitioned one is the partition, and its place in it.
struct RowPlace: Hashable, Sendable {
    let table: UInt32
    let block: UInt32
    let offset: UInt16

    /// From `tableoid` and `ctid` as Postgres writes them, such as `16385` and `(0,1)`; nil of anything else.
    init?(table: String?, place: String?) {
        let numbers = place.map { $0.dropFirst().dropLast().split(separator: ",") } ?? []
        guard numbers.count == 2, let table = table.flatMap({ UInt32($0) }), let block = UInt32(numbers[0]),
            let offset = UInt16(numbers[1])
        else { return nil }
        (self.table, self.block, self.offset) = (table, block, offset)
    }

    /// The condition on a row of an alias to stand at one of the places: found at once, without a scan.
    static func condition(_ places: [RowPlace], on alias: SQLIdentifier) -> SQLFragment {
        let tables = Dictionary(grouping: places, by: \.table).sorted { $0.key < $1.key }.map { table, places in
            let listed = places.map { place in
                "'(\(SQLFragment(number: Int(place.block))),\(SQLFragment(number: Int(place.offset))))'" as SQLFragment
            }
            return """
                (\(alias).tableoid = \(SQLFragment(number: Int(table))) AND \(alias).ctid = ANY (ARRAY[\(listed.joined())]::tid[]))
                """ as SQLFragment
        }
        return tables.isEmpty ? "false" : "(\(tables.joined(separator: " OR ")))"
    }
}
