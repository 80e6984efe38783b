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
    /// What changes with each row. Behind a pointer, since the accesses to a class' own variables are checked at run time.
    private struct State {
        var frame = BinaryCopyDecoder()
        /// Rows in the buffers.
        var rowCount = 0
    }

    private let state: UnsafeMutablePointer<State>
    private let fieldCount: Int
    private let buffers: UnsafeMutableBufferPointer<CellBuffer>
    private let keyBuffer: UnsafeMutableBufferPointer<Int32>
    private let matcher: KeyMatcher?
    private let budget: MemoryBudget?

    private let assemblers: [ColumnAssembler]
    private var keys = RowChoice()
    private var assembledRows = 0

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
        state = .allocate(capacity: 1)
        state.initialize(to: State())
        buffers = .allocate(capacity: forms.count)
        for (index, form) in forms.enumerated() {
            buffers.initializeElement(at: index, to: CellBuffer(form, capacity: Self.rowsPerBuffer))
        }
        keyBuffer = .allocate(capacity: Self.rowsPerBuffer)
        assemblers = forms.map(ColumnAssembler.make)
        for assembler in assemblers { assembler.reserve(expectedRows) }
        if matcher != nil { keys.reserveCapacity(expectedRows) }
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
        for buffer in buffers { buffer.deallocate() }
        buffers.deallocate()
        keyBuffer.deallocate()
    }

    /// Rows that `take` would give.
    var rowCount: Int { assembledRows + state.pointee.rowCount }

    /// Appends the rows of one message of the COPY.
    func append(_ message: UnsafeRawBufferPointer) throws {
        let state = state
        guard var cursor = FieldCursor(try state.pointee.frame.rows(in: message)) else { return }
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
                keyBuffer[state.pointee.rowCount] = key
            }
            for index in 0..<buffers.count { try buffers[index].appendField(&cursor) }
            state.pointee.rowCount += 1
            if state.pointee.rowCount == Self.rowsPerBuffer { try assemble() }
        }
    }

    /// The columns of the rows since the last call, and how many rows they are.
    func take() throws(MemoryBudget.Exceeded) -> (columns: [Column], rowCount: Int) {
        try assemble()
        defer { assembledRows = 0 }
        return (assemblers.map { $0.take() }, assembledRows)
    }

    /// The columns of the rows since the last call, and the rows' keys.
    func takeKeyed() throws(MemoryBudget.Exceeded) -> (keys: RowChoice, columns: [Column]) {
        let columns = try take().columns
        defer { keys = [] }
        return (keys, columns)
    }

    /// Checks that the COPY came to its end.
    func finish() throws(PostgresError) { try state.pointee.frame.finish() }

    private func assemble() throws(MemoryBudget.Exceeded) {
        if let budget { try budget.charge(buffers.reduce(0) { $0 + $1.usedBytes }) }
        for index in 0..<buffers.count {
            assemblers[index].append(buffers[index])
            buffers[index].removeAll()
        }
        let rowCount = state.pointee.rowCount
        if matcher != nil { keys.append(contentsOf: keyBuffer.prefix(rowCount)) }
        assembledRows += rowCount
        state.pointee.rowCount = 0
    }
}
