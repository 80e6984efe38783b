import ArgumentParser

/// A number of bytes as people write it: `512MB`, `8GB`, `1073741824`. A kB is 1024 bytes, as in Postgres' settings.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int

    private static let units: [(suffix: String, bytes: Int)] = [
        ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("KB", 1 << 10), ("B", 1), ("", 1),
    ]

    init?(argument: String) {
        for unit in Self.units where argument.hasSuffix(unit.suffix) {
            let number = argument.dropLast(unit.suffix.count)
            guard let count = Int(number), count > 0 else { return nil }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
            guard !overflow else { return nil }
            self.bytes = bytes
            return
        }
        return nil
    }
}
