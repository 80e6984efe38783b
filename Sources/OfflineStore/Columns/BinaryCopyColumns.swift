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
        /// Rows that have come, those left out too.
        var receivedRows = 0
    }

    private let state: UnsafeMutablePointer<State>
    private let fieldCount: Int
    private let buffers: UnsafeMutableBufferPointer<CellBuffer>
    private let keyBuffer: UnsafeMutableBufferPointer<Int32>
    /// Keys of 64 bits of the rows in the buffers, where they are looked up once a buffer is full: one by one, a row of a large
    /// table of keys waits for memory each time; many at once wait together. Rows of other keys are decoded for nothing then, so
    /// only where all fields are of a fixed width, which costs little and fails for no value but an instant after the year 294246.
    private let wordBuffer: UnsafeMutableBufferPointer<UInt64>?
    private let matcher: KeyMatcher?
    /// Whether all fields have eight bytes, so that rows without a NULL are equally long and go column by column.
    private let areRegular: Bool
    private let budget: MemoryBudget?

    private let assembled: AssembledColumns
    private let part: Int
    private var assembledRows = 0

    private static let rowsPerBuffer = 2048

    /// - Parameters:
    ///   - matcher: finds the numbers of keys, which are the rows' first fields, before those of `forms`; rows of other keys are left
    ///     out.
    ///   - budget: is charged what is kept.
    ///   - expectedRows: room that is made at once.
    ///   - assembled: where rows go together with those of others, as those of a part; by default they are this one's alone.
    init(
        _ forms: [WireForm], matching matcher: KeyMatcher? = nil, budget: MemoryBudget? = nil, expectedRows: Int = 0,
        into assembled: AssembledColumns? = nil, part: Int = 0
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
        let areLookedUpTogether = matcher?.isOfWords == true && forms.allSatisfy { $0.fieldWidth != nil }
        wordBuffer = areLookedUpTogether ? .allocate(capacity: Self.rowsPerBuffer) : nil
        areRegular = (matcher == nil || areLookedUpTogether) && buffers.allSatisfy(\.isOfEightBytes)
        self.assembled =
            assembled
            ?? AssembledColumns(forms, isKeyed: matcher != nil, partCount: 1, expectedRows: expectedRows)
        self.part = part
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
        for buffer in buffers { buffer.deallocate() }
        buffers.deallocate()
        keyBuffer.deallocate()
        wordBuffer?.deallocate()
    }

    /// Rows that `take` would give.
    var rowCount: Int { assembledRows + state.pointee.rowCount }
    /// Rows that have come so far, of keys that are left out too.
    var receivedRows: Int { state.pointee.receivedRows }

    /// Appends the rows of some messages of the COPY.
    func append(_ message: UnsafeRawBufferPointer) throws {
        let state = state
        guard var cursor = FieldCursor(try state.pointee.frame.rows(in: message)) else { return }
        while !cursor.isAtEnd {
            if areRegular, try appendRegularRows(&cursor) { continue }
            let count = try cursor.nextInt16()
            guard count == fieldCount else {
                return try state.pointee.frame.endRows(at: count, isAtEnd: cursor.isAtEnd)
            }
            state.pointee.receivedRows += 1
            if let matcher, let wordBuffer {
                guard let word = try matcher.word(&cursor) else {
                    try cursor.skipFields(buffers.count)
                    continue
                }
                wordBuffer[state.pointee.rowCount] = word
            } else if let matcher {
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

    /// Appends the rows that follow, up to the first with a NULL, or to a full buffer. False where there is none.
    private func appendRegularRows(_ cursor: inout FieldCursor) throws -> Bool {
        let rows = cursor.regularRows(fieldCount: fieldCount, atMost: Self.rowsPerBuffer - state.pointee.rowCount)
        guard rows > 0 else { return false }
        let rowBytes = FieldCursor.regularRowBytes(fieldCount: fieldCount)
        var field = 0
        if let matcher, let wordBuffer {
            let words = UnsafeMutableBufferPointer(rebasing: wordBuffer[state.pointee.rowCount...].prefix(rows))
            try matcher.copyWords(cursor.regularField(field), rowBytes: rowBytes, to: words)
            field += 1
        }
        for index in 0..<buffers.count {
            try buffers[index].append(eightBytes: cursor.regularField(field + index), rows: rows, rowBytes: rowBytes)
        }
        cursor.skipRegularRows(rows, fieldCount: fieldCount)
        state.pointee.receivedRows += rows
        state.pointee.rowCount += rows
        if state.pointee.rowCount == Self.rowsPerBuffer { try assemble() }
        return true
    }

    /// The columns of the rows since the last call, and how many rows they are.
    func take() throws(MemoryBudget.Exceeded) -> (columns: [Column], rowCount: Int) {
        try assemble()
        defer { assembledRows = 0 }
        return (assembled.take().columns, assembledRows)
    }

    /// Checks that the COPY came to its end, and gives the last rows to where they go.
    func finish() throws {
        try state.pointee.frame.finish()
        try assemble()
    }

    private func assemble() throws(MemoryBudget.Exceeded) {
        if let matcher, let wordBuffer { match(wordBuffer, by: matcher) }
        if let budget { try budget.charge(buffers.reduce(0) { $0 + $1.usedBytes }) }
        let rowCount = state.pointee.rowCount
        assembled.append(
            buffers, keys: UnsafeBufferPointer(rebasing: keyBuffer[..<rowCount]), rowCount: rowCount, part: part)
        for index in 0..<buffers.count { buffers[index].removeAll() }
        assembledRows += rowCount
        state.pointee.rowCount = 0
    }
    /// Numbers the keys of the rows in the buffers, and leaves those rows out whose keys nobody asks for.
    private func match(_ words: UnsafeMutableBufferPointer<UInt64>, by matcher: KeyMatcher) {
        let rowCount = state.pointee.rowCount
        matcher.dictionary.numbers(ofWords: UnsafeBufferPointer(rebasing: words[..<rowCount]), into: keyBuffer)
        guard keyBuffer.prefix(rowCount).contains(where: { $0 < 0 }) else { return }
        for index in 0..<buffers.count { buffers[index].removeCells { keyBuffer[$0] < 0 } }
        var kept = 0
        for row in 0..<rowCount where keyBuffer[row] >= 0 {
            keyBuffer[kept] = keyBuffer[row]
            kept += 1
        }
        state.pointee.rowCount = kept
    }
}
