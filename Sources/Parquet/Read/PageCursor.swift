/// Where the reading of a data page has got to: its entries' levels. Its values are the builder's.
struct PageCursor {
    /// Entries that have not been read.
    private(set) var entryCount: Int
    private var repetition: HybridDecoder?
    private var definition: HybridDecoder?

    init() { entryCount = 0 }

    init(entryCount: Int, repetition: HybridDecoder?, definition: HybridDecoder?) {
        self.entryCount = entryCount
        self.repetition = repetition
        self.definition = definition
    }

    /// Reads the next entries' levels into arrays that are long enough. What a column has no levels of is left as it is.
    mutating func read(
        _ count: Int, repetition repetitions: inout ContiguousArray<UInt8>, definition definitions: inout ContiguousArray<UInt8>,
        maximumDefinition: UInt8
    ) throws(PageFailure) {
        entryCount -= count
        try Self.decode(&repetition, count, into: &repetitions, maximum: 1)
        try Self.decode(&definition, count, into: &definitions, maximum: UInt32(maximumDefinition))
    }

    private static func decode(
        _ decoder: inout HybridDecoder?, _ count: Int, into levels: inout ContiguousArray<UInt8>, maximum: UInt32
    ) throws(PageFailure) {
        guard decoder != nil else { return }
        var failure: PageFailure?
        var isInside = true
        levels.withUnsafeMutableBufferPointer { buffer in
            do throws(PageFailure) {
                isInside =
                    try decoder?.decode(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]), maximum: maximum) ?? true
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard isInside else { throw .corrupt("a level that its column does not have") }
    }
}
