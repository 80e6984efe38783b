import Columnar
import Synchronization

/// The columns of rows that several connections bring, each a part: put together as they come, so that nothing is copied afterwards.
final class AssembledColumns: Sendable {
    private struct State {
        let assemblers: [ColumnAssembler]
        let isKeyed: Bool
        var keys = RowChoice()
        var rowCount = 0
        /// By part: its rows, in the order in which they came.
        var parts: [[Range<Int>]]
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - isKeyed: whether each row has the number of a key.
    ///   - expectedRows: of all parts: room that is made at once.
    init(_ forms: [WireForm], isKeyed: Bool, partCount: Int, expectedRows: Int) {
        let assemblers = forms.map(ColumnAssembler.make)
        for assembler in assemblers { assembler.reserve(expectedRows) }
        var state = State(
            assemblers: assemblers, isKeyed: isKeyed, parts: Array(repeating: [], count: partCount))
        if isKeyed { state.keys.reserveLarge(expectedRows) }
        self.state = Mutex(state)
    }

    /// Appends the next rows of a part: a buffer for each column, and the keys.
    func append(_ buffers: UnsafeMutableBufferPointer<CellBuffer>, keys: UnsafeBufferPointer<Int32>, rowCount: Int, part: Int) {
        if rowCount == 0 { return }
        // As addresses, since the caller keeps what they point at: the state copies it, and holds on to nothing.
        let bufferAddress = UInt(bitPattern: buffers.baseAddress)
        let bufferCount = buffers.count
        let keyAddress = UInt(bitPattern: keys.baseAddress)
        state.withLock { state in
            let buffers = UnsafeBufferPointer(start: UnsafePointer<CellBuffer>(bitPattern: bufferAddress), count: bufferCount)
            for index in buffers.indices { state.assemblers[index].append(buffers[index]) }
            if state.isKeyed {
                let keys = UnsafeBufferPointer(start: UnsafePointer<Int32>(bitPattern: keyAddress), count: rowCount)
                state.keys.append(contentsOf: keys)
            }
            let rows = state.rowCount..<state.rowCount + rowCount
            state.rowCount = rows.upperBound
            if let last = state.parts[part].last, last.upperBound == rows.lowerBound {
                state.parts[part][state.parts[part].count - 1] = last.lowerBound..<rows.upperBound
            } else {
                state.parts[part].append(rows)
            }
        }
    }

    /// The rows so far; it starts anew.
    func take() -> (keys: RowChoice, columns: [Column], parts: [[Range<Int>]]) {
        state.withLock { state in
            defer {
                state.keys = []
                state.rowCount = 0
                state.parts = state.parts.map { _ in [] }
            }
            return (state.keys, state.assemblers.map { $0.take() }, state.parts)
        }
    }
}
