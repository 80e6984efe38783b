/// Finds text whose aliases could multiply without end ("billion laughs") before Yams reads it.
///
/// Aliases are refused anyway, but Yams resolves them while it reads, and compares keys in full: a few dozen of them can
/// keep it busy for hours. A handful is let through, to be reported at its place.
enum AliasBomb {
    private static let harmless = 16

    static func isLikely(in bytes: [UInt8]) -> Bool {
        var anchors = Set<ArraySlice<UInt8>>()
        var aliases = 0
        var previous = UInt8(ascii: "\n")
        for (index, byte) in bytes.enumerated() {
            defer { previous = byte }
            guard byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), canPrecedeNode(previous) else { continue }
            let name = bytes[(index + 1)...].prefix { $0.isNameByte }
            guard !name.isEmpty else { continue }
            if byte == UInt8(ascii: "&") {
                anchors.insert(name)
            } else if anchors.contains(name) {
                aliases += 1
                if aliases > harmless { return true }
            }
        }
        return false
    }

    private static func canPrecedeNode(_ byte: UInt8) -> Bool {
        " \t\r\n[{,:?-".utf8.contains(byte)
    }
}

extension UInt8 {
    /// An ASCII letter, digit, `_` or `-`.
    fileprivate var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
