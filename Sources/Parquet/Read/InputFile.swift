#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is read at any place. Not mapped into memory: one that is cut short meanwhile is then an error, not a signal.
final class InputFile {
    let byteCount: Int
    private let descriptor: CInt

    init(path: String) throws(ParquetError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotOpen(
                path: path, reason: "it is not a file; Parquet is read from its end, which a pipe or a folder does not have")
        }
        byteCount = Int(status.st_size)
    }

    deinit { _ = close(descriptor) }

    /// So many bytes from a place in the file, all of which must be there.
    func bytes(at offset: Int, count: Int) throws(ParquetError) -> ContiguousArray<UInt8> {
        guard offset >= 0, count >= 0, count <= byteCount, offset <= byteCount - count else {
            throw .corrupt(column: nil, what: "it points past its own end")
        }
        var failure: String?
        let bytes = ContiguousArray<UInt8>(unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let result = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
                if result > 0 {
                    filled += result
                } else if result == 0 || errno != EINTR {
                    failure = result == 0 ? "it has been cut short while it was read" : String(cString: strerror(errno))
                    return
                }
            }
        }
        if let failure { throw .cannotRead(reason: failure) }
        return bytes
    }
}
