import AsOfJoin
import Columnar
import PostgresClient

/// Decodes a binary COPY out straight into columns.
///
/// ```swift
/// let columns = try await connection.copyOut(
///     "COPY (SELECT id, at FROM t) TO STDOUT (FORMAT binary)", into: BinaryCopyColumns([.int64, .timestamp])
/// ) { columns, message in try columns.append(message) }
/// let table = columns.take()
/// ```
/// Cells go to small buffers that stay in the processor's cache, and from there to the columns in runs.
final class BinaryCopyColumns {
    private var frame = BinaryCopyDecoder()
    private let fieldCount: Int
    private let buffers: UnsafeMutableBufferPointer<CellBuffer>
    private let assemblers: [ColumnAssembler]
    private var assembledRows = 0
    private let matcher: KeyMatcher?
    private let budget: MemoryBudget?
    private var keys = RowChoice()

    private static let rowsPerBuffer = 2048

    /// - Parameters:
    ///   - matcher: finds the numbers of keys, which are the rows' first fields, before those of `forms`; rows of other keys are left
    ///     out.
    ///   - budget: is charged what is kept.
    ///   - expectedRows: room that is made at once.
    init(
        _ forms: [WireForm], matching matcher: KeyMatcher? = nil, budget: MemoryBudget? = nil, expectedRows: Int = 0
    ) {
        self.matcher = matcher
        self.budget = budget
        fieldCount =
            forms.reduce(matcher?.fieldCount ?? 0) { if case .composite(let count) = $1 { $0 + count } else { $0 + 1 } }
        buffers = .allocate(capacity: forms.count)
        for (index, form) in forms.enumerated() {
            buffers.initializeElement(at: index, to: CellBuffer(form, capacity: Self.rowsPerBuffer))
        }
        assemblers = forms.map(ColumnAssembler.make)
        for assembler in assemblers { assembler.reserve(expectedRows) }
        if matcher != nil { keys.reserveCapacity(expectedRows) }
    }

    deinit {
        for buffer in buffers { buffer.deallocate() }
        buffers.deallocate()
    }

    /// Rows that `take` would give.
    var rowCount: Int { assembledRows + bufferedRows }

    private var bufferedRows = 0

    /// Appends the rows of one message of the COPY.
    func append(_ message: UnsafeRawBufferPointer) throws {
        guard var cursor = FieldCursor(try frame.rows(in: message)) else { return }
        while !cursor.isAtEnd {
            guard try cursor.nextInt16() == fieldCount else {
                throw PostgresError.malformedCopy("a row has another number of fields")
            }
            if let matcher {
                let key = try matcher.number(&cursor)
                if key < 0 {
                    try cursor.skipFields(buffers.count)
                    continue
                }
                keys.append(key)
            }
            for index in 0..<buffers.count { try buffers[index].appendField(&cursor) }
            bufferedRows += 1
            if bufferedRows == Self.rowsPerBuffer { try assemble() }
        }
    }

    /// The columns of the rows since the last call, and how many rows they are.
    func take() throws(MemoryBudget.Exceeded) -> (columns: [Column], rowCount: Int) {
        try assemble()
        defer { assembledRows = 0 }
        return (assemblers.map { $0.take() }, assembledRows)
    }

    /// The keys of the rows since the last call, if there is a matcher.
    func takeKeys() -> RowChoice {
        defer { keys = [] }
        return keys
    }

    /// Checks that the COPY came to its end.
    func finish() throws(PostgresError) { try frame.finish() }

    private func assemble() throws(MemoryBudget.Exceeded) {
        if let budget { try budget.charge(buffers.reduce(0) { $0 + $1.usedBytes }) }
        for index in 0..<buffers.count {
            assemblers[index].append(buffers[index])
            buffers[index].removeAll()
        }
        assembledRows += bufferedRows
        bufferedRows = 0
    }
}
