/// The columns of a SELECT, one a line, each with a remark for people on what it serves.
struct SelectList {
    private var columns: [(sql: SQLFragment, remark: String)] = []

    mutating func add(_ sql: SQLFragment, remark: String = "") { columns.append((sql, remark)) }

    /// - Parameter indent: what stands before `SELECT`, so that the columns stand under each other.
    func sql(indent: SQLFragment) -> SQLFragment {
        var list = SQLFragment()
        for (index, column) in columns.enumerated() {
            let isLast = index == columns.count - 1
            list += "\(column.sql)\(isLast ? "" : ",")"
            if !column.remark.isEmpty { list += SQLFragment(remark: column.remark) }
            if !isLast { list += "\n\(indent)       " }
        }
        return list
    }
}
