#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that bytes are appended to.
final class OutputFile {
    private let descriptor: CInt
    private let isOwned: Bool

    /// Creates the file, or empties it.
    init(path: String) throws(ParquetError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        isOwned = true
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// Writes where the descriptor stands, and leaves it open.
    init(descriptor: CInt) {
        self.descriptor = descriptor
        isOwned = false
    }

    deinit {
        if isOwned, descriptor >= 0 { _ = close(descriptor) }
    }

    func write(_ bytes: ContiguousArray<UInt8>) throws(ParquetError) {
        var failure: CInt = 0
        bytes.withUnsafeBytes { buffer in
            var rest = buffer
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #elseif canImport(Musl)
                    let written = Musl.write(descriptor, rest.baseAddress, rest.count)
                #else
                    let written = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
                guard written >= 0 else {
                    if errno == EINTR { continue }
                    failure = errno
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
        guard failure == 0 else { throw .cannotWrite(reason: String(cString: strerror(failure))) }
    }
}
