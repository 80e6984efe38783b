import Columnar

/// Decodes the values of one column, page by page, and gathers them, with their NULLs, into a column in memory.
protocol LeafBuilder {
    /// Takes a dictionary of so many values, PLAIN, for the pages that follow.
    mutating func loadDictionary(_ bytes: PageBytes, count: Int) throws(PageFailure)
    /// Begins with the values of a page.
    mutating func startPage(_ bytes: PageBytes, encoding: Encoding) throws(PageFailure)
    /// Appends the page's next values at the places that are not 0, and NULLs at the others.
    mutating func append(_ present: UnsafeBufferPointer<UInt8>, presentCount: Int) throws(PageFailure)
    /// The rows, or elements, gathered so far.
    var count: Int { get }
    /// What is gathered; the next begins with nothing.
    mutating func takeColumn() throws(PageFailure) -> Column
}

extension Validity {
    mutating func append(_ present: UnsafeBufferPointer<UInt8>, presentCount: Int) {
        guard presentCount < present.count else { return appendValid(count: present.count) }
        for isPresent in present {
            if isPresent != 0 { appendValid() } else { appendNull() }
        }
    }
}

/// Indices into a dictionary, of one page.
struct DictionaryIndices {
    private var decoder: HybridDecoder?
    private(set) var values = ContiguousArray<UInt32>()

    init() {}

    /// A byte for the width, then the hybrid. A page of NULLs only may have nothing.
    init(_ bytes: PageBytes) throws(PageFailure) {
        guard bytes.count > 0 else { return }
        decoder = try HybridDecoder(bytes.part(1..<bytes.count), bitWidth: Int(bytes[0]))
    }

    /// Reads the next indices, all of them of entries that are there, into `values`.
    mutating func read(_ count: Int, entries: Int) throws(PageFailure) {
        guard count > 0 else { return }
        guard decoder != nil, entries > 0 else { throw .corrupt("indices without a dictionary") }
        if values.count < count { values = ContiguousArray(repeating: 0, count: count) }
        var failure: PageFailure?
        var isInside = false
        values.withUnsafeMutableBufferPointer { buffer in
            do throws(PageFailure) {
                isInside =
                    try decoder?.decode(
                        into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]), maximum: UInt32(clamping: entries - 1))
                    ?? false
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard isInside else { throw .corrupt("an index past the end of its dictionary") }
    }
}
