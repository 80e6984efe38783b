import Columnar
import PostgresClient

/// Gathers one column from the fields of a binary COPY, one kind of builder for each column type, chosen once.
class ColumnBuilder {
    /// Takes a field's bytes; nil for NULL.
    func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        preconditionFailure("a column builder must say how it takes a field")
    }

    /// The rows gathered since the last call.
    func take() -> Column {
        preconditionFailure("a column builder must say what column it makes")
    }

    static func of(_ type: ColumnType) -> ColumnBuilder {
        switch type {
        case .bool: BoolColumnBuilder()
        case .int16: IntegerColumnBuilder<Int16>(0) { .int16($0) }
        case .int32: IntegerColumnBuilder<Int32>(0) { .int32($0) }
        case .int64: IntegerColumnBuilder<Int64>(0) { .int64($0) }
        case .float32: FloatColumnBuilder<UInt32, Float>(Float.init(bitPattern:)) { .float32($0) }
        case .float64: FloatColumnBuilder<UInt64, Double>(Double.init(bitPattern:)) { .float64($0) }
        case .timestamp: TimestampColumnBuilder()
        case .date: DateColumnBuilder()
        case .string: BytesColumnBuilder { .string($0) }
        case .bytes: BytesColumnBuilder { .bytes($0) }
        case .uuid: IntegerColumnBuilder<UInt128>(0) { .uuid($0) }
        case .list(let element): ListColumnBuilder(element: element)
        case .vector(let dimension): VectorColumnBuilder(dimension: dimension)
        }
    }
}

private final class BoolColumnBuilder: ColumnBuilder {
    private var column = PrimitiveColumn<Bool>()

    override func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        guard let field else { return column.appendNull(placeholder: false) }
        column.append(try field.bigEndian(UInt8.self) != 0)
    }

    override func take() -> Column {
        defer { column = PrimitiveColumn() }
        return .bool(column)
    }
}

private final class IntegerColumnBuilder<Element: FixedWidthInteger & BitwiseCopyable & Sendable>: ColumnBuilder {
    private var column = PrimitiveColumn<Element>()
    private let placeholder: Element
    private let wrap: (PrimitiveColumn<Element>) -> Column

    init(_ placeholder: Element, wrap: @escaping (PrimitiveColumn<Element>) -> Column) {
        self.placeholder = placeholder
        self.wrap = wrap
    }

    override func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        guard let field else { return column.appendNull(placeholder: placeholder) }
        column.append(try field.bigEndian(Element.self))
    }

    override func take() -> Column {
        defer { column = PrimitiveColumn() }
        return wrap(column)
    }
}

private final class FloatColumnBuilder<
    Bits: FixedWidthInteger & BitwiseCopyable, Element: BinaryFloatingPoint & BitwiseCopyable & Sendable
>: ColumnBuilder {
    private var column = PrimitiveColumn<Element>()
    private let convert: (Bits) -> Element
    private let wrap: (PrimitiveColumn<Element>) -> Column

    init(_ convert: @escaping (Bits) -> Element, wrap: @escaping (PrimitiveColumn<Element>) -> Column) {
        self.convert = convert
        self.wrap = wrap
    }

    override func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        guard let field else { return column.appendNull(placeholder: 0) }
        column.append(convert(try field.bigEndian(Bits.self)))
    }

    override func take() -> Column {
        defer { column = PrimitiveColumn() }
        return wrap(column)
    }
}

/// Also `timestamp` without a zone, whose clock is UTC's.
private final class TimestampColumnBuilder: ColumnBuilder {
    private var column = PrimitiveColumn<Int64>()

    override func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        guard let field else { return column.appendNull(placeholder: 0) }
        guard let microseconds = PostgresEpoch.toUnix(microseconds: try field.bigEndian(Int64.self)) else {
            throw PostgresError(.protocolMismatch, "a timestamp is after the year 294246")
        }
        column.append(microseconds)
    }

    override func take() -> Column {
        defer { column = PrimitiveColumn() }
        return .timestamp(column)
    }
}

/// Days since 1970; `Int32.min` and `.max` stay, Postgres' -infinity and infinity.
private final class DateColumnBuilder: ColumnBuilder {
    private var column = PrimitiveColumn<Int32>()

    override func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        guard let field else { return column.appendNull(placeholder: 0) }
        column.append(PostgresEpoch.toUnix(days: try field.bigEndian(Int32.self)))
    }

    override func take() -> Column {
        defer { column = PrimitiveColumn() }
        return .date(column)
    }
}

private final class BytesColumnBuilder: ColumnBuilder {
    private var column = BytesColumn()
    private let wrap: (BytesColumn) -> Column

    init(wrap: @escaping (BytesColumn) -> Column) {
        self.wrap = wrap
    }

    override func append(_ field: UnsafeRawBufferPointer?) throws(PostgresError) {
        if let field { column.append(field) } else { column.appendNull() }
    }

    override func take() -> Column {
        defer { column = BytesColumn() }
        return wrap(column)
    }
}

extension UnsafeRawBufferPointer {
    /// The field's whole bytes as one number.
    @inline(__always)
    func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) throws(PostgresError) -> Value {
        guard count == MemoryLayout<Value>.size else {
            throw PostgresError(
                .protocolMismatch,
                "a binary COPY field has \(count) bytes where its type has \(MemoryLayout<Value>.size)")
        }
        return Value(bigEndian: loadUnaligned(as: Value.self))
    }
}
