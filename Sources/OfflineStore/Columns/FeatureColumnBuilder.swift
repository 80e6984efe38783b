import Columnar
import FeatureDefs

/// Gathers values of one feature type into a column, one by one.
struct FeatureColumnBuilder {
    private let type: FeatureType
    /// The one of the type has the rows, the others none.
    private var bools = PrimitiveColumn<Bool>()
    private var integers = PrimitiveColumn<Int64>()
    private var floats = PrimitiveColumn<Float>()
    private var doubles = PrimitiveColumn<Double>()
    private var uuids = PrimitiveColumn<UInt128>()
    private var bytes = BytesColumn()
    /// Of lists: where each ends, and a builder of their elements; of vectors the elements.
    private var offsets: ContiguousArray<Int> = [0]
    private var elements: [FeatureColumnBuilder] = []
    private var vectors = ContiguousArray<Float>()
    private var validity = Validity()

    init(_ type: FeatureType) {
        self.type = type
        if case .list(let element) = type { elements = [FeatureColumnBuilder(FeatureType(element))] }
    }

    /// Appends a value of the type, or NULL.
    mutating func append(_ value: FeatureValue) {
        switch value {
        case .null: appendNull()
        case .int64(let number): integers.append(number)
        case .float64(let number): doubles.append(number)
        case .float32(let number): floats.append(number)
        case .string(let text): bytes.append(text.utf8)
        case .bool(let flag): bools.append(flag)
        case .timestamp(let time): integers.append(time.microseconds)
        case .bytes(let value): bytes.append(value)
        case .uuid(let uuid): uuids.append(UInt128(uuid.high) << 64 | UInt128(uuid.low))
        case .list(let list):
            for value in list.values { elements[0].append(value) }
            offsets.append(offsets[offsets.count - 1] + list.values.count)
            validity.appendValid()
        case .vector(let values):
            vectors.append(contentsOf: values)
            validity.appendValid()
        }
    }

    private mutating func appendNull() {
        switch type {
        case .int64, .timestamp: integers.appendNull(placeholder: 0)
        case .float64: doubles.appendNull(placeholder: 0)
        case .float32: floats.appendNull(placeholder: 0)
        case .string, .bytes: bytes.appendNull()
        case .bool: bools.appendNull(placeholder: false)
        case .uuid: uuids.appendNull(placeholder: 0)
        case .list:
            offsets.append(offsets[offsets.count - 1])
            validity.appendNull()
        case .vector(let dimension):
            vectors.append(contentsOf: repeatElement(0, count: dimension))
            validity.appendNull()
        }
    }

    var column: Column {
        switch type {
        case .int64: .int64(integers)
        case .timestamp: .timestamp(integers)
        case .float64: .float64(doubles)
        case .float32: .float32(floats)
        case .string: .string(bytes)
        case .bytes: .bytes(bytes)
        case .bool: .bool(bools)
        case .uuid: .uuid(uuids)
        case .list: .list(ListColumn(offsets: offsets, elements: elements[0].column, validity: validity))
        case .vector(let dimension): .vector(VectorColumn(dimension: dimension, values: vectors, validity: validity))
        }
    }
}
