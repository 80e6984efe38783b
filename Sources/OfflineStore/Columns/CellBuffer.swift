/// Room for some cells of one column, filled from the fields of a binary COPY.
///
/// Plain memory, so that appending a cell costs neither a reference count nor an allocation. The decoder that has it frees it.
struct CellBuffer: BitwiseCopyable {
    /// What the cells are, as `WireForm` says it, in a form that costs nothing to look at.
    enum Form: UInt8 {
        case oneByte, twoBytes, fourBytes, eightBytes, sixteenBytes, instant, date, bytes, composite, list, vector
    }

    let form: Form
    /// The fields of a composite, the floats of a vector.
    let parts: Int
    let cellWidth: Int
    /// Where the elements of a list go.
    let elements: UnsafeMutablePointer<CellBuffer>?

    private(set) var count = 0
    private(set) var capacity: Int
    /// Fixed-width cells; for those of any length and lists, where each ends.
    private(set) var cells: UnsafeMutableRawPointer
    /// One byte for each cell that is NULL (1) or not (0).
    private(set) var nulls: UnsafeMutablePointer<UInt8>
    private(set) var hasNulls = false
    private(set) var bytes: UnsafeMutablePointer<UInt8>?
    private(set) var byteCount = 0
    private var byteCapacity = 0

    init(_ form: WireForm, capacity: Int) {
        self.capacity = capacity
        var parts = 0
        var elements: UnsafeMutablePointer<CellBuffer>?
        (self.form, cellWidth) =
            switch form {
            case .bool: (.oneByte, 1)
            case .int16: (.twoBytes, 2)
            case .int32, .float32: (.fourBytes, 4)
            case .int64, .float64: (.eightBytes, 8)
            case .uuid: (.sixteenBytes, 16)
            case .timestamp: (.instant, 8)
            case .date: (.date, 4)
            case .string, .bytes: (.bytes, 8)
            case .composite: (.composite, 8)
            case .list: (.list, 8)
            case .vector(let dimension): (.vector, 4 * dimension)
            }
        if case .composite(let count) = form { parts = count }
        if case .vector(let dimension) = form { parts = dimension }
        if case .list(let element) = form {
            elements = .allocate(capacity: 1)
            elements?.initialize(to: CellBuffer(element, capacity: capacity))
        }
        self.parts = parts
        self.elements = elements
        cells = .allocate(byteCount: max(1, capacity * cellWidth), alignment: 16)
        nulls = .allocate(capacity: capacity)
    }

    /// What the cells take.
    var usedBytes: Int { count * (cellWidth + 1) + byteCount + (elements?.pointee.usedBytes ?? 0) }

    func deallocate() {
        elements?.pointee.deallocate()
        elements?.deallocate()
        cells.deallocate()
        nulls.deallocate()
        bytes?.deallocate()
    }

    mutating func removeAll() {
        count = 0
        byteCount = 0
        hasNulls = false
        elements?.pointee.removeAll()
    }

    /// Removes some cells, which have a fixed width.
    @inline(__always)
    mutating func removeCells(where isUnwanted: (Int) -> Bool) {
        var kept = 0
        for index in 0..<count where !isUnwanted(index) {
            if kept != index {
                let cell = cells.advanced(by: index * cellWidth)
                cells.advanced(by: kept * cellWidth).copyMemory(from: cell, byteCount: cellWidth)
                nulls[kept] = nulls[index]
            }
            kept += 1
        }
        count = kept
    }

    @inline(__always)
    mutating func appendNull() {
        if count == capacity { grow() }
        nulls[count] = 1
        hasNulls = true
        switch form {
        case .bytes, .composite: storeEnd(byteCount)
        case .list: storeEnd(elements?.pointee.count ?? 0)
        case .oneByte, .twoBytes, .fourBytes, .eightBytes, .sixteenBytes, .instant, .date, .vector:
            cells.advanced(by: count * cellWidth).initializeMemory(as: UInt8.self, repeating: 0, count: cellWidth)
        }
        count += 1
    }

    /// Room for one more cell that is not NULL.
    @inline(__always)
    mutating func nextCell() -> UnsafeMutableRawPointer {
        if count == capacity { grow() }
        nulls[count] = 0
        let cell = cells.advanced(by: count * cellWidth)
        count += 1
        return cell
    }

    /// Room for so many more cells that are not NULL.
    mutating func nextCells(_ added: Int) -> UnsafeMutableRawPointer {
        while count + added > capacity { grow() }
        (nulls + count).update(repeating: 0, count: added)
        let cells = cells.advanced(by: count * cellWidth)
        count += added
        return cells
    }

    @inline(__always)
    private func storeEnd(_ end: Int) {
        cells.storeBytes(of: end, toByteOffset: count * cellWidth, as: Int.self)
    }

    @inline(__always)
    mutating func append(bytes source: UnsafeRawPointer, count length: Int) {
        if byteCount + length > byteCapacity { growBytes(by: length) }
        if let bytes, length > 0 { UnsafeMutableRawPointer(bytes + byteCount).copyMemory(from: source, byteCount: length) }
        byteCount += length
        nextCell().storeBytes(of: byteCount, as: Int.self)
    }

    /// Ends a list whose elements have been appended.
    mutating func appendListEnd() {
        nextCell().storeBytes(of: elements?.pointee.count ?? 0, as: Int.self)
    }

    private mutating func grow() {
        let larger = max(64, 2 * capacity)
        let newCells = UnsafeMutableRawPointer.allocate(byteCount: max(1, larger * cellWidth), alignment: 16)
        newCells.copyMemory(from: cells, byteCount: count * cellWidth)
        cells.deallocate()
        cells = newCells
        let newNulls = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        newNulls.update(from: nulls, count: count)
        nulls.deallocate()
        nulls = newNulls
        capacity = larger
    }

    private mutating func growBytes(by length: Int) {
        let larger = max(1 << 12, 2 * byteCapacity, byteCount + length)
        let newBytes = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        if let bytes {
            newBytes.update(from: bytes, count: byteCount)
            bytes.deallocate()
        }
        bytes = newBytes
        byteCapacity = larger
    }
}
