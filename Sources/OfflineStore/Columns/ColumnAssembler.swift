import Columnar

/// Gathers the cells of one column from buffer after buffer.
///
/// A class for each kind of column, so that the values are appended in place.
class ColumnAssembler {
    var validity = Validity()

    /// An assembler for what a form gives.
    static func make(_ form: WireForm) -> ColumnAssembler {
        switch form {
        case .bool: PrimitiveAssembler<Bool> { .bool($0) }
        case .int16: PrimitiveAssembler<Int16> { .int16($0) }
        case .int32: PrimitiveAssembler<Int32> { .int32($0) }
        case .int64: PrimitiveAssembler<Int64> { .int64($0) }
        case .float32: PrimitiveAssembler<Float> { .float32($0) }
        case .float64: PrimitiveAssembler<Double> { .float64($0) }
        case .timestamp: PrimitiveAssembler<Int64> { .timestamp($0) }
        case .date: PrimitiveAssembler<Int32> { .date($0) }
        case .uuid: PrimitiveAssembler<UInt128> { .uuid($0) }
        case .string: BytesAssembler { .string($0) }
        case .bytes, .composite: BytesAssembler { .bytes($0) }
        case .list(let element): ListAssembler(element: .make(element))
        case .vector(let dimension): VectorAssembler(dimension: dimension)
        }
    }

    func reserve(_ rows: Int) {}

    func append(_ buffer: CellBuffer) {
        guard buffer.hasNulls else { return validity.appendValid(count: buffer.count) }
        for index in 0..<buffer.count {
            if buffer.nulls[index] == 0 { validity.appendValid() } else { validity.appendNull() }
        }
    }

    /// The column so far; the assembler starts anew.
    func take() -> Column { preconditionFailure("each kind of column says how it is put together") }

    fileprivate func takeValidity() -> Validity {
        defer { validity = Validity() }
        return validity
    }
}

private final class PrimitiveAssembler<Element: BitwiseCopyable & Hashable & Sendable>: ColumnAssembler {
    private var values = ContiguousArray<Element>()
    private let column: (PrimitiveColumn<Element>) -> Column

    init(_ column: @escaping (PrimitiveColumn<Element>) -> Column) {
        self.column = column
    }

    override func reserve(_ rows: Int) { values.reserveLarge(rows) }

    override func append(_ buffer: CellBuffer) {
        super.append(buffer)
        let cells = buffer.cells.assumingMemoryBound(to: Element.self)
        values.append(contentsOf: UnsafeBufferPointer(start: cells, count: buffer.count))
    }

    override func take() -> Column {
        defer { values = [] }
        return column(PrimitiveColumn(values, validity: takeValidity()))
    }
}

private final class BytesAssembler: ColumnAssembler {
    private var offsets: ContiguousArray<Int> = [0]
    private var bytes = ContiguousArray<UInt8>()
    private let column: (BytesColumn) -> Column

    init(_ column: @escaping (BytesColumn) -> Column) {
        self.column = column
    }

    override func reserve(_ rows: Int) { offsets.reserveLarge(rows + 1) }

    override func append(_ buffer: CellBuffer) {
        super.append(buffer)
        let start = bytes.count
        let ends = buffer.cells.assumingMemoryBound(to: Int.self)
        for index in 0..<buffer.count { offsets.append(start + ends[index]) }
        bytes.append(contentsOf: UnsafeBufferPointer(start: buffer.bytes, count: buffer.byteCount))
    }

    override func take() -> Column {
        defer { (offsets, bytes) = ([0], []) }
        return column(BytesColumn(offsets: offsets, bytes: bytes, validity: takeValidity()))
    }
}

private final class ListAssembler: ColumnAssembler {
    private var offsets: ContiguousArray<Int> = [0]
    private let element: ColumnAssembler

    init(element: ColumnAssembler) {
        self.element = element
    }

    override func append(_ buffer: CellBuffer) {
        super.append(buffer)
        let start = offsets[offsets.count - 1]
        let ends = buffer.cells.assumingMemoryBound(to: Int.self)
        for index in 0..<buffer.count { offsets.append(start + ends[index]) }
        if let elements = buffer.elements { element.append(elements.pointee) }
    }

    override func take() -> Column {
        defer { offsets = [0] }
        return .list(ListColumn(offsets: offsets, elements: element.take(), validity: takeValidity()))
    }
}

private final class VectorAssembler: ColumnAssembler {
    private let dimension: Int
    private var values = ContiguousArray<Float>()

    init(dimension: Int) {
        self.dimension = dimension
    }

    override func append(_ buffer: CellBuffer) {
        super.append(buffer)
        let cells = buffer.cells.assumingMemoryBound(to: Float.self)
        values.append(contentsOf: UnsafeBufferPointer(start: cells, count: buffer.count * dimension))
    }

    override func take() -> Column {
        defer { values = [] }
        return .vector(VectorColumn(dimension: dimension, values: values, validity: takeValidity()))
    }
}
