import Columnar

/// How a column of ours stands in a file's schema: its nodes, and its leaf.
struct ColumnLayout: Sendable {
    let elements: [SchemaElement]
    let path: [String]
    let leafType: ColumnType
    /// The definition level of a value that is there: 1 for a column, 3 for an element of a list.
    let maximumDefinition: UInt8

    init(_ field: ColumnTable.Field) throws(ParquetError) {
        switch field.type {
        case .list(let element):
            try self.init(listNamed: field.name, of: element)
        case .vector:
            try self.init(listNamed: field.name, of: .float32)
        case .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .string, .bytes, .uuid:
            self.init(
                elements: [try Self.leaf(field.name, field.type, of: field.name)], path: [field.name], leafType: field.type,
                maximumDefinition: 1)
        }
    }

    private init(elements: [SchemaElement], path: [String], leafType: ColumnType, maximumDefinition: UInt8) {
        self.elements = elements
        self.path = path
        self.leafType = leafType
        self.maximumDefinition = maximumDefinition
    }

    /// A list of the standard's three levels: the list, which may be NULL; what repeats; an element, which may be NULL.
    private init(listNamed name: String, of element: ColumnType) throws(ParquetError) {
        self.init(
            elements: [
                SchemaElement(name: name, repetition: .optional, childCount: 1, logicalType: .list),
                SchemaElement(name: "list", repetition: .repeated, childCount: 1),
                try Self.leaf("element", element, of: name),
            ], path: [name, "list", "element"], leafType: element, maximumDefinition: 3)
    }

    private static func leaf(_ name: String, _ type: ColumnType, of column: String) throws(ParquetError) -> SchemaElement {
        func element(_ physicalType: PhysicalType, _ logicalType: LogicalType? = nil, length: Int32? = nil) -> SchemaElement {
            SchemaElement(
                name: name, repetition: .optional, physicalType: physicalType, typeLength: length, logicalType: logicalType)
        }
        switch type {
        case .bool: return element(.boolean)
        case .int16: return element(.int32, .integer(bitWidth: 16, isSigned: true))
        case .int32: return element(.int32, .integer(bitWidth: 32, isSigned: true))
        case .int64: return element(.int64, .integer(bitWidth: 64, isSigned: true))
        case .float32: return element(.float)
        case .float64: return element(.double)
        case .timestamp: return element(.int64, .timestamp(.microseconds, isAdjustedToUTC: true))
        case .date: return element(.int32, .date)
        case .string: return element(.byteArray, .string)
        case .bytes: return element(.byteArray)
        case .uuid: return element(.fixedLengthByteArray, .uuid, length: 16)
        case .list, .vector: throw .unwritable(column: column, reason: "a list of lists has no place in a training set")
        }
    }
}
