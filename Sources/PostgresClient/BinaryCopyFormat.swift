/// The frame of `COPY ... WITH (FORMAT binary)`: a header, rows, a trailer. All numbers are big-endian.
///
/// ```
/// header   "PGCOPY\n\377\r\n\0"  flags: Int32 = 0  extension length: Int32 = 0
/// row      field count: Int16, then for each field  length: Int32 (-1 is NULL)  the bytes
/// trailer  Int16 = -1
/// ```
enum BinaryCopyFormat {
    static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n".utf8) + [0]
    static let header = signature + [UInt8](repeating: 0, count: 8)
    static let trailer: Int16 = -1
    static let null: Int32 = -1
}
