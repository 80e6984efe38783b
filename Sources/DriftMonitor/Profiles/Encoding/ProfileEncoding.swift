/// Profiles and frames as bytes: a version, then the parts in a fixed order. Equal profiles, equal bytes.
private let formatVersion: UInt8 = 1

extension ProfileReader {
    fileprivate init(versioned bytes: [UInt8]) throws(ProfileDecodingError) {
        self.init(bytes)
        let version = try byte()
        guard version == formatVersion else { throw .unknownVersion(version) }
    }
}

extension NumericFrame {
    package func encoded() -> [UInt8] {
        var writer = ProfileWriter()
        writer.byte(formatVersion)
        for value in [centre, scale, sketchCentre] { writer.number(value) }
        writer.whole(UInt64(edges.count))
        for edge in edges { writer.number(edge) }
        for decile in deciles { writer.whole(UInt64(decile)) }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(ProfileDecodingError) {
        var reader = try ProfileReader(versioned: bytes)
        let (centre, scale, sketchCentre) = (try reader.number(), try reader.number(), try reader.number())
        guard centre.isFinite, scale > 0, scale.isFinite, sketchCentre.isFinite else { throw .invalid("a frame's scale") }
        let count = try reader.count(atMost: 127)
        var edges: [Double] = []
        for _ in 0..<count {
            let edge = try reader.number()
            guard !edge.isNaN, edges.last.map({ $0 < edge }) ?? true else { throw .invalid("edges that do not rise") }
            edges.append(edge)
        }
        var deciles: [Int] = []
        for _ in 0...count {
            let decile = try reader.whole()
            guard decile < 10, decile >= UInt64(deciles.last ?? 0) else { throw .invalid("a bin's decile") }
            deciles.append(Int(decile))
        }
        try reader.finish()
        self.init(centre: centre, scale: scale, sketchCentre: sketchCentre, edges: edges, deciles: deciles)
    }
}

extension NumericProfile {
    /// Without the frame, which is stored once; its identifier is in front.
    package func encoded() -> [UInt8] {
        var writer = ProfileWriter()
        writer.byte(formatVersion)
        writer.fixed(frame.identifier)
        writer.counts(counts)
        writer.number(least)
        writer.number(greatest)
        writer.moments(moments)
        writer.histogram(histogram)
        writer.quantiles(quantiles)
        writer.distinct(distinct)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8], frame: NumericFrame) throws(ProfileDecodingError) {
        var reader = try ProfileReader(versioned: bytes)
        guard try reader.fixed() == frame.identifier else { throw .invalid("it belongs to another frame") }
        self.init(
            frame: frame, counts: try reader.counts(), least: try reader.number(), greatest: try reader.number(),
            moments: try reader.moments(), histogram: try reader.histogram(bins: frame.binCount),
            quantiles: try reader.quantiles(), distinct: try reader.distinct())
        try reader.finish()
    }
}

extension CategoryProfile {
    package func encoded() -> [UInt8] {
        var writer = ProfileWriter()
        writer.byte(formatVersion)
        writer.counts(counts)
        writer.heavyHitters(values)
        for count in buckets { writer.whole(count) }
        writer.distinct(distinct)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(ProfileDecodingError) {
        var reader = try ProfileReader(versioned: bytes)
        let (counts, values) = (try reader.counts(), try reader.heavyHitters())
        var buckets: ContiguousArray<UInt64> = []
        for _ in 0..<Self.bucketCount { buckets.append(try reader.whole()) }
        self.init(counts: counts, values: values, buckets: buckets, distinct: try reader.distinct())
        try reader.finish()
    }
}
