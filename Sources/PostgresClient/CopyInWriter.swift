/// Takes the bytes of one COPY in, on the connection's thread, and sends them in large pieces.
package struct CopyInWriter: ~Copyable {
    /// How much is gathered before it is sent.
    static let chunkBytes = 256 * 1024

    private var buffer: [UInt8] = []
    private let port: CopyInPort

    init(port: CopyInPort) {
        self.port = port
        buffer.reserveCapacity(Self.chunkBytes + 4096)
    }

    /// Adds bytes in the format that the COPY statement names; rows may be cut anywhere.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.chunkBytes { try flush() }
    }

    package mutating func write(_ bytes: [UInt8]) throws(PostgresError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.chunkBytes { try flush() }
    }

    package mutating func write(_ text: String) throws(PostgresError) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.chunkBytes { try flush() }
    }

    mutating func flush() throws(PostgresError) {
        try port.put(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Takes the rows of one binary COPY in, on the connection's thread; adds the header and the trailer by itself.
package struct BinaryCopyInWriter: ~Copyable {
    /// Where the fields of the row go that was begun last.
    package var fields = BinaryCopyEncoder()
    private let port: CopyInPort

    init(port: CopyInPort) {
        self.port = port
    }

    /// Starts a row; `fieldCount` appends to `fields` must follow.
    package mutating func beginRow(fieldCount: Int) throws(PostgresError) {
        if fields.bytes.count >= CopyInWriter.chunkBytes { try flush() }
        fields.beginRow(fieldCount: fieldCount)
    }

    mutating func finish() throws(PostgresError) {
        fields.finish()
        try flush()
    }

    private mutating func flush() throws(PostgresError) {
        try port.put(fields.bytes)
        fields.removeBytes()
    }
}
