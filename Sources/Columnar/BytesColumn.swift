/// Rows of bytes of any length, one after the other. Row `i` is `bytes[offsets[i] ..< offsets[i + 1]]`; a NULL is empty there.
package struct BytesColumn: Sendable {
    /// One more than there are rows; the first is 0.
    package private(set) var offsets: ContiguousArray<Int> = [0]
    package private(set) var bytes: ContiguousArray<UInt8> = []
    package private(set) var validity = Validity()

    package init() {}

    package init(offsets: ContiguousArray<Int>, bytes: ContiguousArray<UInt8>, validity: Validity) {
        precondition(offsets.count == validity.count + 1, "a bytes column has an offset before each row and one at the end")
        precondition(offsets.last == bytes.count, "a bytes column's last offset is its number of bytes")
        self.offsets = offsets
        self.bytes = bytes
        self.validity = validity
    }

    package var count: Int { offsets.count - 1 }

    /// Where the row's bytes are.
    @inline(__always)
    package func range(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

    /// The row's bytes, or nil for NULL.
    package subscript(index: Int) -> ArraySlice<UInt8>? {
        validity.isValid(index) ? ArraySlice(bytes[range(index)]) : nil
    }

    package mutating func append(_ value: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: value)
        offsets.append(bytes.count)
        validity.appendValid()
    }

    package mutating func append(_ value: some Sequence<UInt8>) {
        bytes.append(contentsOf: value)
        offsets.append(bytes.count)
        validity.appendValid()
    }

    package mutating func appendNull() {
        offsets.append(bytes.count)
        validity.appendNull()
    }
}
