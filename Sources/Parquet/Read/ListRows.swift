import Columnar

/// Rows of lists as they are read: where each begins, and which are NULL.
struct ListRows {
    private var offsets: ContiguousArray<Int> = []
    private var validity = Validity()
    private(set) var elementCount = 0
    /// Whether the last row, of this chunk, has an element and may have another.
    private(set) var canContinue = false

    var rowCount: Int { offsets.count }

    mutating func startChunk() { canContinue = false }

    mutating func startRow(isNull: Bool, isEmpty: Bool) {
        offsets.append(elementCount)
        if isNull { validity.appendNull() } else { validity.appendValid() }
        canContinue = !isEmpty
    }

    mutating func appendElement() { elementCount += 1 }

    /// The rows so far, as lists of these elements; the next begins with nothing.
    mutating func takeList(of elements: Column) -> ListColumn {
        offsets.append(elementCount)
        defer { (offsets, validity, elementCount) = ([], Validity(), 0) }
        return ListColumn(offsets: offsets, elements: elements, validity: validity)
    }
}

extension VectorColumn {
    /// Lists that all have as many elements, as the file's metadata says that they do.
    init(_ list: ListColumn, dimension: Int) throws(PageFailure) {
        guard case .float32(let elements) = list.elements, elements.validity.nullCount == 0 else {
            throw .corrupt("a NULL in a vector")
        }
        var values = ContiguousArray<Float>()
        for row in 0..<list.count {
            let range = list.offsets[row]..<list.offsets[row + 1]
            if list.validity.isValid(row) {
                guard range.count == dimension else {
                    throw .corrupt("a vector of \(range.count) elements among ones of \(dimension)")
                }
                values.append(contentsOf: elements.values[range])
            } else {
                values.append(contentsOf: repeatElement(0, count: dimension))
            }
        }
        self.init(dimension: dimension, values: values, validity: list.validity)
    }
}
