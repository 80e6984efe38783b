import FeatureDefs

/// How the features of one view become numbers: with all that can be decided before a row is seen decided.
struct NumberReads: Sendable {
    /// Where one feature's number is. Without references, and small: there is one for each value.
    struct Feature: Sendable {
        enum Format: UInt8 { case float64, float32, int64, bool, none }

        let format: Format
        let nullMask: UInt8
        let nullByte: UInt32
        let offset: UInt32
        /// The feature's places among the lookup's outputs and inputs.
        let output: UInt32
        let input: UInt32
    }

    /// Features that come from the same source row, and so are there or not at the same times.
    struct Group: Sendable {
        let event: CellReader?
        private(set) var features: [Feature] = []

        init(event: CellReader?) { self.event = event }

        mutating func append(_ feature: Feature) { features.append(feature) }
    }

    private let ttl: Period?
    private let layout: PackedRowLayout
    private var groups: [Group] = []

    init(of view: FeatureViewPlan, layout: PackedRowLayout) {
        ttl = view.ttl
        self.layout = layout
    }

    mutating func append(_ place: StoredFeaturePlace, output: Int, input: Int) {
        let event = place.eventCell.map { CellReader($0, of: layout) }
        let feature = Feature(
            format: .init(layout.cellTypes[place.cell]), nullMask: 1 << (place.cell % 8),
            nullByte: UInt32(RowHeader.size + place.cell / 8), offset: UInt32(layout.fixedOffset(ofCell: place.cell)),
            output: UInt32(output), input: UInt32(input))
        let group = groups.firstIndex { $0.event == event } ?? groups.count
        if group == groups.count { groups.append(Group(event: event)) }
        groups[group].append(feature)
    }

    /// Writes a row's numbers to `numbers`, and calls `substitute` for what is not a present number.
    func read(
        _ row: UnsafeRawBufferPointer, now: Timestamp, into numbers: UnsafeMutablePointer<Double>,
        substitute: (_ input: Int) -> Double
    ) {
        let hasNulls = layout.hasNulls(in: row)
        for group in groups {
            let isPresent = group.event.map { self.isPresent($0.timestamp(in: row), now: now) } ?? true
            for feature in group.features {
                let isNull = hasNulls && row[Int(feature.nullByte)] & feature.nullMask != 0
                let number = isPresent && !isNull ? feature.number(in: row) : nil
                (numbers + Int(feature.output)).initialize(to: number ?? substitute(Int(feature.input)))
            }
        }
    }

    /// Writes what stands for a row that is not there.
    func fill(_ numbers: UnsafeMutablePointer<Double>, substitute: (_ input: Int) -> Double) {
        for group in groups {
            for feature in group.features {
                (numbers + Int(feature.output)).initialize(to: substitute(Int(feature.input)))
            }
        }
    }

    private func isPresent(_ event: Timestamp?, now: Timestamp) -> Bool {
        guard let event else { return false }
        return ttl.map { event >= now - $0 } ?? true
    }
}

extension NumberReads.Feature {
    @inline(__always)
    fileprivate func number(in row: UnsafeRawBufferPointer) -> Double? {
        let offset = Int(offset)
        switch format {
        case .float64:
            return Double(bitPattern: UInt64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        case .float32:
            return Double(Float(bitPattern: UInt32(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt32.self))))
        case .int64: return Double(Int64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
        case .bool: return row[offset] == 0 ? 0 : 1
        case .none: return nil
        }
    }
}

extension NumberReads.Feature.Format {
    fileprivate init(_ type: FeatureType) {
        switch type {
        case .float64: self = .float64
        case .float32: self = .float32
        case .int64: self = .int64
        case .bool: self = .bool
        case .string, .timestamp, .bytes, .uuid, .list, .vector: self = .none
        }
    }
}
