/// The joint parts as bytes: one form for one state, as the other profiles have.
private let formatVersion: UInt8 = 1

extension ProfileReader {
    fileprivate init(joint bytes: [UInt8]) throws(ProfileDecodingError) {
        self.init(bytes)
        let version = try byte()
        guard version == formatVersion else { throw .unknownVersion(version) }
    }

    fileprivate mutating func texts() throws(ProfileDecodingError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try count()) { texts.append(try text()) }
        return texts
    }
}

extension ProfileWriter {
    fileprivate mutating func texts(_ texts: [String]) {
        whole(UInt64(texts.count))
        for each in texts { text(each) }
    }
}

extension JointFrame {
    /// The directions are not stored: they follow from the seed, the columns and the dimensions.
    package func encoded() -> [UInt8] {
        var writer = ProfileWriter()
        writer.byte(formatVersion)
        writer.texts(columns)
        writer.texts(categories)
        writer.whole(UInt64(fourier.directions.count))
        writer.number(fourier.sigma)
        writer.fixed(fourierLimit)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(ProfileDecodingError) {
        var reader = try ProfileReader(joint: bytes)
        let (columns, categories) = (try reader.texts(), try reader.texts())
        let dimensions = try reader.whole()
        let sigma = try reader.number()
        guard (1...(1 << 16)).contains(dimensions), sigma > 0, sigma.isFinite else { throw .invalid("a joint frame's map") }
        let limit = try reader.fixed()
        try reader.finish()
        self.init(
            columns: columns, categories: categories,
            fourier: RandomFourierFrame(columns: columns.count, dimensions: Int(dimensions), sigma: sigma),
            fourierLimit: limit)
    }

    /// What identifies the frame.
    package var identifier: UInt64 { StableHash.md5(encoded()) }
}

extension JointProfile {
    /// Without the frame, whose identifier is in front.
    package func encoded() -> [UInt8] {
        var writer = ProfileWriter()
        writer.byte(formatVersion)
        writer.fixed(frame.identifier)
        writer.whole(rows)
        writer.whole(coMoments.count)
        for sum in coMoments.sums { writer.wide(sum) }
        for product in coMoments.products { writer.wide(product) }
        writer.whole(fourier.count)
        for sum in fourier.sums { writer.wide(sum) }
        let kept = sample.rows
        writer.whole(UInt64(sample.capacity))
        writer.whole(UInt64(kept.count))
        for row in kept {
            writer.fixed(row.hash)
            writer.fixed(row.entity)
            for value in row.values { writer.number(value) }
        }
        writer.distinct(entities)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8], frame: JointFrame) throws(ProfileDecodingError) {
        var reader = try ProfileReader(joint: bytes)
        guard try reader.fixed() == frame.identifier else { throw .invalid("it belongs to another frame") }
        let rows = try reader.whole()
        let width = frame.columns.count
        let counted = try reader.whole()
        var (sums, products): (ContiguousArray<Int128>, ContiguousArray<Int128>) = ([], [])
        for _ in 0..<width { sums.append(try reader.wide()) }
        for _ in 0..<(width * (width + 1) / 2) { products.append(try reader.wide()) }
        let mapped = try reader.whole()
        var fourier: ContiguousArray<Int128> = []
        for _ in 0..<(2 * frame.fourier.directions.count) { fourier.append(try reader.wide()) }
        let capacity = try reader.whole()
        guard (1...(1 << 20)).contains(capacity) else { throw .invalid("a sample's size") }
        var sample = RowSample(capacity: Int(capacity))
        for _ in 0..<(try reader.count(atMost: Int(capacity))) {
            let (hash, entity) = (try reader.fixed(), try reader.fixed())
            var values: [Double] = []
            for _ in 0..<(width + frame.categories.count) { values.append(try reader.number()) }
            sample.add(RowSample.Row(hash: hash, entity: entity, values: values))
        }
        let entities = try reader.distinct()
        try reader.finish()
        self.init(
            frame: frame, rows: rows, coMoments: CoMoments(columns: width, count: counted, sums: sums, products: products),
            fourier: RandomFourierSums(frame: frame.fourier, count: mapped, sums: fourier), sample: sample, entities: entities)
    }
}
