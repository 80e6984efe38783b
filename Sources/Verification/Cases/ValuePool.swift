import FeatureDefs
import Oracle

/// The values that a column or a request input takes: those that the definitions compare with, their neighbours, plain ones
/// and, in a wild case, the extremes of the type.
struct ValuePool: Sendable {
    /// Of the definitions, and beside them.
    private let named: [FeatureValue]
    private let plain: [FeatureValue]
    private let extreme: [FeatureValue]

    /// Of a column.
    ///
    /// - Parameters:
    ///   - literals: the constants of the expressions that read the values.
    ///   - vectorLengths: those of the vectors that lists are made to be; a list of another length fails.
    ///   - isSummed: the values are added as floats, whose sum the extremes of the type would overflow or swamp.
    init(storage: ColumnStorage, literals: [FeatureValue], vectorLengths: Set<Int>, isSummed: Bool) {
        let type = storage.featureType
        let isTaken = { (value: FeatureValue) in
            Self.fits(value, storage) && (!isSummed || !type.isFloatingPoint || Self.isModerate(value))
        }
        let vectors = type == .list(.float32) ? vectorLengths.sorted().flatMap(Self.lists) : []
        named = (vectors + literals.flatMap { Self.neighbours(of: $0, as: type) }).filter(isTaken)
        plain = vectors.isEmpty ? Self.plain(type).filter(isTaken) : vectors
        extreme = AdversarialValues.values(storedAs: storage).filter(isTaken)
    }

    /// Of a request input.
    init(request type: FeatureType, literals: [FeatureValue]) {
        named = literals.flatMap { Self.neighbours(of: $0, as: type) }
        plain = Self.plain(type)
        extreme = AdversarialValues.constants(of: type)
    }

    /// As many float32 as a vector has.
    private static func lists(ofLength length: Int) -> [FeatureValue] {
        AdversarialValues.constants(of: .vector(length)).compactMap { value in
            guard case .vector(let elements) = value else { return nil }
            return .list(FeatureList(elements.map(FeatureValue.float32), of: .float32))
        }
    }

    func value(isWild: Bool, random: inout SeededGenerator) -> FeatureValue {
        if random.oneIn(7) { return .null }
        if !named.isEmpty, random.oneIn(2) { return random.pick(named) }
        let rest = isWild && random.oneIn(2) || plain.isEmpty ? extreme : plain
        return rest.isEmpty ? .null : random.pick(rest)
    }

    /// A constant and what is next to it, as values of a type; none if it cannot be one.
    private static func neighbours(of literal: FeatureValue, as type: FeatureType) -> [FeatureValue] {
        switch (literal, type) {
        case (.int64(let number), .int64):
            [.int64(number), .int64(number), .int64(number &- 1), .int64(number &+ 1)]
        case (.int64(let number), .float64): neighbours(of: Double(number))
        case (.float64(let number), .float64): neighbours(of: number)
        case (.float64(let number), .float32): [.float32(Float(number)), .float32(Float(number).nextUp)]
        case (.int64(let number), .float32): [.float32(Float(number))]
        case (.string(let text), .string):
            [.string(text), .string(text), .string(text.uppercased()), .string(text + "x"), .string("")]
        case (.timestamp(let instant), .timestamp):
            [literal] + [-1, 1].map { .timestamp(instant + Period(microseconds: $0)) }
        default: literal.type == type ? [literal] : []
        }
    }

    private static func neighbours(of number: Double) -> [FeatureValue] {
        [number, number, number.nextUp, number.nextDown, -number].map(FeatureValue.float64)
    }

    /// Values of everyday size, with what is easily taken for another.
    private static func plain(_ type: FeatureType) -> [FeatureValue] {
        switch type {
        case .int64: [0, 1, 1, 2, 3, -1, 7, 10, (1 << 53) + 1, -(1 << 53) - 1].map(FeatureValue.int64)
        case .float64: [0, -0.0, 1, 1.5, 2.25, -3, 0.1, 0.2, 0.3, 1e15 + 0.3, .nan, .infinity].map(FeatureValue.float64)
        case .float32: [0, -0.0, 0.5, 0.1, -3, .nan].map(FeatureValue.float32)
        case .string: ["", "a", "A", "b", " ", "é", "e\u{301}"].map(FeatureValue.string)
        case .bool, .timestamp, .bytes, .uuid, .list, .vector: AdversarialValues.constants(of: type)
        }
    }

    /// Whether floats of this size can be added and squared without an overflow that the order of addition decides.
    private static func isModerate(_ value: FeatureValue) -> Bool {
        switch value {
        case .float64(let number): !number.isFinite || number == 0 || (1e-20...1e22).contains(number.magnitude)
        case .float32(let number): !number.isFinite || number == 0 || (1e-20...1e22).contains(number.magnitude)
        case .null, .int64, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: true
        }
    }

    private static func fits(_ value: FeatureValue, _ storage: ColumnStorage) -> Bool {
        switch (storage, value) {
        case (.int2, .int64(let number)): Int16(exactly: number) != nil
        case (.int4, .int64(let number)): Int32(exactly: number) != nil
        case (.bpchar, .string(let text)): !text.isEmpty && text.utf8.last != UInt8(ascii: " ") && text.unicodeScalars.count <= 12
        case (.array(let element), .list(let list)):
            list.values.allSatisfy { $0.isNull || fits($0, ColumnStorage(element.rawValue) ?? storage) }
        case (.date, .timestamp(let instant)): instant == instant.floored(toMultipleOf: Period(microseconds: 86_400_000_000))
        default: true
        }
    }
}

extension TypedExpression {
    /// Every constant in the expression.
    var literals: [FeatureValue] {
        if case .literal(let value) = node { return value.isNull ? [] : [value] }
        return children.flatMap(\.literals)
    }

    /// The lengths of all vectors in the expression.
    var vectorLengths: [Int] {
        let own = if case .vector(let length) = type { [length] } else { [Int]() }
        return own + children.flatMap(\.vectorLengths)
    }
}
