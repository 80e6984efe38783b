import Crypto
import FeatureDefs
import Foundation

/// A file that is written from front to back, its checksum taken on the way. Used by one writer, an actor, at a time.
final class HashedFile {
    private let handle: FileHandle
    private let destination: String
    private var hash = SHA256()
    private(set) var count = 0

    /// Creates the file under its temporary name.
    init(_ file: PartialFile) throws(TrainingError) {
        try file.create()
        destination = file.destination
        guard let handle = FileHandle(forWritingAtPath: file.path) else {
            throw .cannotWrite(path: destination, reason: String(cString: strerror(errno)))
        }
        self.handle = handle
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(TrainingError) {
        hash.update(bufferPointer: bytes)
        count += bytes.count
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Foundation.write(handle.fileDescriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw .cannotWrite(path: destination, reason: String(cString: strerror(errno))) }
            rest = rest.dropFirst(written)
        }
    }

    func close() { try? handle.close() }

    /// SHA-256 of what has been written, in hexadecimal.
    var sha256: String { hash.finalize().hexadecimal }
}
