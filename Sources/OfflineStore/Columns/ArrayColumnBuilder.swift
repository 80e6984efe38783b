import Columnar
import PostgresClient

/// Lists, from one-dimensional Postgres arrays; an element may be NULL.
final class ListColumnBuilder: ColumnBuilder {
    private let elements: ColumnBuilder
    private var offsets: ContiguousArray<Int> = [0]
    private var validity = Validity()

    init(element: ColumnType) {
        elements = ColumnBuilder.of(element)
    }

    override func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        var count = 0
        if let field {
            try PostgresArray.forEachElement(of: field) { (element) throws(PostgresError) in
                try elements.append(element)
                count += 1
            }
            validity.appendValid()
        } else {
            validity.appendNull()
        }
        offsets.append((offsets.last ?? 0) + count)
    }

    override func take() -> Column {
        defer {
            offsets = [0]
            validity = Validity()
        }
        return .list(ListColumn(offsets: offsets, elements: elements.take(), validity: validity))
    }
}

/// Vectors, from arrays of real of one length without NULLs.
final class VectorColumnBuilder: ColumnBuilder {
    private let dimension: Int
    private var values: ContiguousArray<Float> = []
    private var validity = Validity()

    init(dimension: Int) {
        self.dimension = dimension
    }

    override func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        guard let field else {
            values.append(contentsOf: repeatElement(0, count: dimension))
            validity.appendNull()
            return
        }
        let start = values.count
        try PostgresArray.forEachElement(of: field) { (element) throws(PostgresError) in
            guard let element else { throw PostgresError(.protocolMismatch, "a vector has a NULL element") }
            values.append(Float(bitPattern: try element.bigEndian(UInt32.self)))
        }
        guard values.count - start == dimension else {
            throw PostgresError(
                .protocolMismatch, "a vector has \(values.count - start) elements where its type has \(dimension)")
        }
        validity.appendValid()
    }

    override func take() -> Column {
        defer {
            values = []
            validity = Validity()
        }
        return .vector(VectorColumn(dimension: dimension, values: values, validity: validity))
    }
}

/// Postgres' binary form of an array: dimensions, a flag for NULLs, the element type, then for each dimension its length and
/// lower bound, then each element as a field (`array_send`, arrayfuncs.c).
enum PostgresArray {
    static func forEachElement(
        of field: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer?) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        var offset = 0
        func next(_ count: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
            guard count >= 0, field.count - offset >= count else {
                throw PostgresError(.protocolMismatch, "an array ends inside an element")
            }
            defer { offset += count }
            return UnsafeRawBufferPointer(rebasing: field[offset..<offset + count])
        }
        let dimensions = try next(4).bigEndian(Int32.self)
        _ = try next(8)
        if dimensions == 0 { return }
        guard dimensions == 1 else {
            throw PostgresError(.protocolMismatch, "an array has \(dimensions) dimensions; lists have one")
        }
        let count = try next(4).bigEndian(Int32.self)
        _ = try next(4)
        for _ in 0..<max(0, count) {
            let length = try next(4).bigEndian(Int32.self)
            try body(length < 0 ? nil : try next(Int(length)))
        }
    }
}
