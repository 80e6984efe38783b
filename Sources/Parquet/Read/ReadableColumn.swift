import Columnar

/// A column of a file's schema: where its leaf is, and what it is in memory.
struct ReadableColumn: Sendable {
    /// A list's levels; a column of single values has none.
    struct ListLevels: Hashable, Sendable {
        /// From here on the list is not NULL; at exactly this it is empty.
        var empty: UInt8
        /// From here on there is an element; below the maximum it is NULL.
        var element: UInt8
    }

    let name: String
    let type: ColumnType
    /// The place of its chunk in each row group.
    let leaf: Int
    let element: SchemaElement
    /// The definition level of a value that is there.
    let maximumDefinition: UInt8
    let list: ListLevels?
}

/// The columns of a file, or for each why it is not one that we read.
struct FileColumns: Sendable {
    let columns: [(name: String, column: Result<ReadableColumn, ParquetError>)]
    /// How many chunks a row group has.
    let leafCount: Int

    init(_ metadata: FileMetadata) throws(ParquetError) {
        var vectors: [String: Int] = [:]
        for (column, dimension) in metadata.keyValues.compactMap(\.vector) { vectors[column] = dimension }
        var tree = SchemaTree(metadata.schema)
        let root = try tree.next(depth: 0)
        var columns: [(name: String, column: Result<ReadableColumn, ParquetError>)] = []
        for node in root.children {
            let column = Result { () throws(ParquetError) in try ReadableColumn(node, vectorDimension: vectors[node.element.name])
            }
            columns.append((node.element.name, column))
        }
        guard tree.isAtEnd else { throw .corrupt(column: nil, what: "its schema has nodes that belong nowhere") }
        self.columns = columns
        leafCount = tree.leafCount
    }
}

/// The schema as a tree, made from the list that a file has.
private struct SchemaTree {
    struct Node {
        let element: SchemaElement
        let children: [Node]
        /// The number of the leaf, or of the first one below.
        let leaf: Int
    }

    private let elements: [SchemaElement]
    private var position = 0
    private(set) var leafCount = 0

    init(_ elements: [SchemaElement]) { self.elements = elements }

    var isAtEnd: Bool { position == elements.count }

    mutating func next(depth: Int) throws(ParquetError) -> Node {
        guard position < elements.count, depth < 64 else { throw .corrupt(column: nil, what: "its schema is no tree") }
        let element = elements[position]
        position += 1
        let leaf = leafCount
        var children: [Node] = []
        if element.physicalType != nil {
            leafCount += 1
        } else {
            guard let count = element.childCount, count >= 0 else { throw .corrupt(column: nil, what: "its schema is no tree") }
            for _ in 0..<count { children.append(try next(depth: depth + 1)) }
        }
        return Node(element: element, children: children, leaf: leaf)
    }
}

extension ReadableColumn {
    fileprivate init(_ node: SchemaTree.Node, vectorDimension: Int?) throws(ParquetError) {
        let element = node.element
        if element.physicalType != nil {
            guard element.repetition != .repeated else {
                self = try Self.list(named: element.name, of: node, isNullable: false, vectorDimension: nil)
                return
            }
            self.init(
                name: element.name, type: try element.columnType(of: element.name), leaf: node.leaf, element: element,
                maximumDefinition: element.repetition == .optional ? 1 : 0, list: nil)
            return
        }
        guard element.logicalType == .list, element.repetition != .repeated, node.children.count == 1,
            node.children[0].element.repetition == .repeated
        else {
            let kind = if case .other(let name) = element.logicalType { name } else { "a structure" }
            throw .unsupported(column: element.name, feature: "it is \(kind)")
        }
        let repeated = node.children[0]
        let isNullable = element.repetition == .optional
        // The standard has a group of one between the list and its elements; what is older repeats the element itself.
        let isStandard =
            repeated.element.physicalType == nil && repeated.children.count == 1 && repeated.element.name != "array"
            && repeated.element.name != element.name + "_tuple"
        self = try Self.list(
            named: element.name, of: isStandard ? repeated.children[0] : repeated, isNullable: isNullable,
            vectorDimension: vectorDimension)
    }

    /// - Parameter node: The element, which may itself be what repeats.
    private static func list(
        named name: String, of node: SchemaTree.Node, isNullable: Bool, vectorDimension: Int?
    ) throws(ParquetError) -> ReadableColumn {
        guard node.element.physicalType != nil else {
            throw .unsupported(column: name, feature: "it is a list of lists or structures")
        }
        let elementType = try node.element.columnType(of: name)
        let empty: UInt8 = isNullable ? 1 : 0
        let type: ColumnType =
            if let vectorDimension, elementType == .float32 { .vector(vectorDimension) } else { .list(elementType) }
        return ReadableColumn(
            name: name, type: type, leaf: node.leaf, element: node.element,
            maximumDefinition: empty + (node.element.repetition == .optional ? 2 : 1),
            list: ListLevels(empty: empty, element: empty + 1))
    }
}

extension SchemaElement {
    /// What a leaf's values are in memory. Times of a day without a zone are taken as UTC.
    fileprivate func columnType(of column: String) throws(ParquetError) -> ColumnType {
        func unsupported(_ what: String) -> ParquetError { .unsupported(column: column, feature: "it is of the type \(what)") }
        if case .other(let name) = logicalType { throw unsupported(name) }
        switch (physicalType, logicalType) {
        case (.boolean, nil): return .bool
        case (.int32, nil), (.int32, .null), (.int32, .integer(32, true)): return .int32
        case (.int32, .integer(8, _)), (.int32, .integer(16, true)): return .int16
        case (.int32, .integer(16, false)): return .int32
        case (.int32, .integer(32, false)): return .int64
        case (.int32, .date): return .date
        case (.int64, nil), (.int64, .integer(64, _)): return .int64
        case (.int64, .timestamp), (.int96, nil): return .timestamp
        case (.float, nil): return .float32
        case (.double, nil): return .float64
        case (.byteArray, .string): return .string
        case (.byteArray, nil): return .bytes
        case (.fixedLengthByteArray, .uuid) where typeLength == 16: return .uuid
        case (.fixedLengthByteArray, nil) where typeLength.map { $0 > 0 } ?? false: return .bytes
        case (_, .decimal): throw unsupported("DECIMAL")
        default: throw unsupported("\(physicalType.map { "\($0)" } ?? "nothing") as \(logicalType.map { "\($0)" } ?? "itself")")
        }
    }

    /// Cutting its digits off would be another instant than the file has.
    private static var finerInstant: String {
        "an instant that is not a whole microsecond, or beyond what 64 bits of them hold; write the column in microseconds"
    }

    /// What decodes a leaf's values; the same cases as above.
    func makeBuilder() -> any LeafBuilder {
        switch (physicalType, logicalType) {
        case (.boolean, _): return BooleanBuilder()
        case (.int32, .integer(8, true)), (.int32, .integer(16, true)):
            return FixedWidthBuilder<Int32, Int16>(placeholder: 0, Column.int16) { Int16(exactly: $0) }
        case (.int32, .integer(8, false)):
            return FixedWidthBuilder<Int32, Int16>(placeholder: 0, Column.int16) { UInt8(exactly: $0).map(Int16.init) }
        case (.int32, .integer(16, false)):
            return FixedWidthBuilder<Int32, Int32>(placeholder: 0, Column.int32) { UInt16(exactly: $0).map(Int32.init) }
        case (.int32, .integer(32, false)):
            return FixedWidthBuilder<Int32, Int64>(placeholder: 0, Column.int64) { Int64(UInt32(bitPattern: $0)) }
        case (.int32, .date): return FixedWidthBuilder<Int32, Int32>(placeholder: 0, Column.date) { $0 }
        case (.int32, _): return FixedWidthBuilder<Int32, Int32>(placeholder: 0, Column.int32) { $0 }
        case (.int64, .integer(64, false)):
            return FixedWidthBuilder<Int64, Int64>(placeholder: 0, Column.int64) { $0 < 0 ? nil : $0 }
        case (.int64, .timestamp(.milliseconds, _)):
            return FixedWidthBuilder<Int64, Int64>(placeholder: 0, Column.timestamp) {
                let (product, overflow) = $0.multipliedReportingOverflow(by: 1000)
                return overflow ? nil : product
            }
        case (.int64, .timestamp(.microseconds, _)):
            return FixedWidthBuilder<Int64, Int64>(placeholder: 0, Column.timestamp) { $0 }
        case (.int64, .timestamp(.nanoseconds, _)):
            return FixedWidthBuilder<Int64, Int64>(placeholder: 0, Column.timestamp, refused: Self.finerInstant) {
                $0.isMultiple(of: 1000) ? $0 / 1000 : nil
            }
        case (.int64, _): return FixedWidthBuilder<Int64, Int64>(placeholder: 0, Column.int64) { $0 }
        case (.int96, _):
            return FixedWidthBuilder<Int96, Int64>(placeholder: 0, Column.timestamp, refused: Self.finerInstant) {
                $0.microseconds
            }
        case (.float, _): return FixedWidthBuilder<Float, Float>(placeholder: 0, Column.float32) { $0 }
        case (.double, _): return FixedWidthBuilder<Double, Double>(placeholder: 0, Column.float64) { $0 }
        case (.fixedLengthByteArray, .uuid):
            return FixedWidthBuilder<UInt128, UInt128>(placeholder: 0, Column.uuid) { UInt128(bigEndian: $0) }
        case (.fixedLengthByteArray, _): return ByteArrayBuilder(isText: false, fixedLength: typeLength.map(Int.init))
        case (.byteArray, let logical): return ByteArrayBuilder(isText: logical == .string)
        case (nil, _): preconditionFailure("a leaf has a type")
        }
    }
}
