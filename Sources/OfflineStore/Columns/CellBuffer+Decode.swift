import PostgresClient

/// Fields of a binary COPY, read one after the other from memory that the COPY owns.
struct FieldCursor {
    private(set) var position: UnsafeRawPointer
    let end: UnsafeRawPointer

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return nil }
        position = start
        end = start + bytes.count
    }

    @inline(__always)
    var isAtEnd: Bool { position == end }

    @inline(__always)
    mutating func nextInt16() throws(PostgresError) -> Int {
        guard end - position >= 2 else { throw .malformedCopy("it ends inside a row") }
        defer { position += 2 }
        return Int(Int16(bigEndian: position.loadUnaligned(as: Int16.self)))
    }

    @inline(__always)
    mutating func nextInt32() throws(PostgresError) -> Int {
        guard end - position >= 4 else { throw .malformedCopy("it ends inside a row") }
        defer { position += 4 }
        return Int(Int32(bigEndian: position.loadUnaligned(as: Int32.self)))
    }

    /// So many bytes, skipped.
    @inline(__always)
    mutating func skip(_ count: Int) throws(PostgresError) -> UnsafeRawPointer {
        guard count >= 0, end - position >= count else { throw .malformedCopy("it ends inside a row") }
        defer { position += count }
        return position
    }

    /// How many rows follow, no more than `limit`, that have so many fields of eight bytes each and no NULL. Such rows are equally long.
    @inline(__always)
    func regularRows(fieldCount: Int, atMost limit: Int) -> Int {
        let stride = Self.regularRowBytes(fieldCount: fieldCount)
        let limit = min(limit, (end - position) / stride)
        let expectedCount = Int16(truncatingIfNeeded: fieldCount).bigEndian
        let expectedLength = Int32(8).bigEndian
        var row = position
        for index in 0..<limit {
            var isRegular = row.loadUnaligned(as: Int16.self) == expectedCount
            for field in 0..<fieldCount {
                let length = row.loadUnaligned(fromByteOffset: 2 + 12 * field, as: Int32.self)
                isRegular = isRegular && length == expectedLength
            }
            guard isRegular else { return index }
            row += stride
        }
        return limit
    }

    /// The field count, then for each field its length and eight bytes.
    static func regularRowBytes(fieldCount: Int) -> Int { 2 + 12 * fieldCount }

    /// Where the first of some regular rows has a field's bytes.
    func regularField(_ index: Int) -> UnsafeRawPointer { position + (2 + 12 * index + 4) }

    mutating func skipRegularRows(_ count: Int, fieldCount: Int) {
        position += count * Self.regularRowBytes(fieldCount: fieldCount)
    }

    mutating func skipFields(_ count: Int) throws(PostgresError) {
        for _ in 0..<count {
            let length = try nextInt32()
            if length > 0 { _ = try skip(length) }
        }
    }
}

extension CellBuffer {
    /// Appends the next field, or the next fields of a composite.
    @inline(__always)
    mutating func appendField(_ cursor: inout FieldCursor) throws(PostgresError) {
        if form == .composite { return try appendComposite(&cursor) }
        let length = try cursor.nextInt32()
        if length < 0 { return appendNull() }
        let field = try cursor.skip(length)
        switch form {
        case .eightBytes:
            try check(length)
            nextCell().storeBytes(of: UInt64(bigEndian: field.loadUnaligned(as: UInt64.self)), as: UInt64.self)
        case .instant:
            try check(length)
            nextCell().storeBytes(of: try Self.instant(field), as: Int64.self)
        case .fourBytes:
            try check(length)
            nextCell().storeBytes(of: UInt32(bigEndian: field.loadUnaligned(as: UInt32.self)), as: UInt32.self)
        case .bytes:
            append(bytes: field, count: length)
        case .oneByte:
            try check(length)
            nextCell().storeBytes(of: field.loadUnaligned(as: UInt8.self) == 0 ? 0 : 1, as: UInt8.self)
        case .twoBytes:
            try check(length)
            nextCell().storeBytes(of: UInt16(bigEndian: field.loadUnaligned(as: UInt16.self)), as: UInt16.self)
        case .sixteenBytes:
            try check(length)
            let value = UInt128(bigEndian: field.loadUnaligned(as: UInt128.self))
            nextCell().storeBytes(of: value, as: UInt128.self)
        case .date:
            try check(length)
            nextCell().storeBytes(of: Self.date(field), as: Int32.self)
        case .list:
            try appendList(UnsafeRawBufferPointer(start: field, count: length))
        case .vector:
            try appendVector(UnsafeRawBufferPointer(start: field, count: length))
        case .composite:
            preconditionFailure("a composite has several fields")
        }
    }

    /// Whether each cell is a field of eight bytes.
    var isOfEightBytes: Bool { form == .eightBytes || form == .instant }

    /// Appends fields of eight bytes, as `appendField` does, one from each of so many rows that are equally long.
    mutating func append(eightBytes first: UnsafeRawPointer, rows: Int, rowBytes: Int) throws(PostgresError) {
        let cells = nextCells(rows)
        if form == .instant {
            for row in 0..<rows {
                cells.storeBytes(of: try Self.instant(first + row * rowBytes), toByteOffset: 8 * row, as: Int64.self)
            }
        } else {
            Self.copy(eightBytes: first, rows: rows, rowBytes: rowBytes, to: cells)
        }
    }

    /// Words of big-endian order, in ours.
    @inline(__always)
    static func copy(eightBytes first: UnsafeRawPointer, rows: Int, rowBytes: Int, to cells: UnsafeMutableRawPointer) {
        for row in 0..<rows {
            let word = UInt64(bigEndian: first.loadUnaligned(fromByteOffset: row * rowBytes, as: UInt64.self))
            cells.storeBytes(of: word, toByteOffset: 8 * row, as: UInt64.self)
        }
    }

    @inline(__always)
    private func check(_ length: Int) throws(PostgresError) {
        guard length == cellWidth else {
            throw .malformedCopy("a field has \(length) bytes where its type has \(cellWidth)")
        }
    }

    @inline(__always)
    static func instant(_ field: UnsafeRawPointer) throws(PostgresError) -> Int64 {
        let value = Int64(bigEndian: field.loadUnaligned(as: Int64.self))
        if value == .min || value == .max { return value }
        let (sum, overflow) = value.addingReportingOverflow(PostgresEpoch.unixMicroseconds)
        guard !overflow, sum != .max else { throw PostgresError(.protocolMismatch, "a timestamp is after the year 294246") }
        return sum
    }

    /// Days since 1970; the infinities stay the ends of Int32.
    private static func date(_ field: UnsafeRawPointer) -> Int32 {
        let value = Int32(bigEndian: field.loadUnaligned(as: Int32.self))
        return value == .min || value == .max ? value : value &+ 10957
    }

    private mutating func appendComposite(_ cursor: inout FieldCursor) throws(PostgresError) {
        let start = cursor.position
        var isNull = false
        for _ in 0..<parts {
            let length = try cursor.nextInt32()
            if length < 0 { isNull = true } else { _ = try cursor.skip(length) }
        }
        if isNull { appendNull() } else { append(bytes: start, count: cursor.position - start) }
    }

    /// Dimensions, a flag for NULLs, the element type, then length and lower bound, then the elements as fields.
    private static func elementCount(_ cursor: inout FieldCursor) throws(PostgresError) -> Int {
        let dimensions = try cursor.nextInt32()
        _ = try cursor.skip(8)
        if dimensions == 0 { return 0 }
        guard dimensions == 1 else {
            throw PostgresError(.protocolMismatch, "an array has \(dimensions) dimensions, where a list has one")
        }
        let count = try cursor.nextInt32()
        _ = try cursor.skip(4)
        return count
    }

    private mutating func appendList(_ array: UnsafeRawBufferPointer) throws(PostgresError) {
        guard var cursor = FieldCursor(array), let elements else { throw .malformedCopy("an array is empty") }
        for _ in 0..<(try Self.elementCount(&cursor)) { try elements.pointee.appendField(&cursor) }
        appendListEnd()
    }

    private mutating func appendVector(_ array: UnsafeRawBufferPointer) throws(PostgresError) {
        guard var cursor = FieldCursor(array) else { throw .malformedCopy("an array is empty") }
        let count = try Self.elementCount(&cursor)
        guard count == parts else {
            throw PostgresError(.protocolMismatch, "an array has \(count) elements, where its vector has \(parts)")
        }
        let cell = nextCell()
        for index in 0..<count {
            guard try cursor.nextInt32() == 4 else {
                throw PostgresError(.protocolMismatch, "a vector has an element that is NULL or not a real")
            }
            let value = UInt32(bigEndian: try cursor.skip(4).loadUnaligned(as: UInt32.self))
            cell.storeBytes(of: value, toByteOffset: 4 * index, as: UInt32.self)
        }
    }
}
