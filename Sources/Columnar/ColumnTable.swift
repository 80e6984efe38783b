/// Named columns of equal length: a whole table, or some rows of one.
package struct ColumnTable: Sendable {
    package struct Field: Hashable, Sendable {
        package let name: String
        package let type: ColumnType

        package init(name: String, type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    package let fields: [Field]
    package let columns: [Column]
    package let rowCount: Int

    package init(names: [String], columns: [Column], rowCount: Int) {
        precondition(names.count == columns.count, "a table has a name for each column")
        precondition(columns.allSatisfy { $0.count == rowCount }, "the columns of a table are equally long")
        fields = zip(names, columns).map { Field(name: $0, type: $1.type) }
        self.columns = columns
        self.rowCount = rowCount
    }
}
