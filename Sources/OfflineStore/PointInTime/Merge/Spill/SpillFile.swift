import Columnar
import Foundation
import Synchronization

/// Rows put aside on disk in partitions: columns of fixed types, appended in pieces and read back piece by piece.
///
/// The file has no name from the moment it is open, so that it is gone when the process is, however that ends.
final class SpillFile: Sendable {
    /// A run of rows of one partition.
    struct Piece: Hashable, Sendable {
        let rowCount: Int
        fileprivate let part: Int
        fileprivate let offset: Int
        fileprivate let byteCount: Int
    }

    let types: [ColumnType]
    private let descriptor: CInt
    private let end = Atomic(0)
    private let pieces: Mutex<[[Piece]]>

    /// - Parameter folder: on a disk with room for the rows.
    init(types: [ColumnType], partitionCount: Int, in folder: URL = FileManager.default.temporaryDirectory) throws(MergeError) {
        self.types = types
        pieces = Mutex(Array(repeating: [], count: partitionCount))
        let path = folder.appending(path: "asof-spill-\(UUID().uuidString)").path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotSpill(folder: folder.path, reason: String(cString: strerror(errno))) }
        unlink(path)
    }

    deinit { close(descriptor) }

    /// Appends rows. Pieces of a partition come back in the order of their parts, and in each in the order of their appending.
    ///
    /// - Parameter part: whoever appends beside others has a number of its own.
    func append(_ columns: [Column], rowCount: Int, partition: Int, part: Int = 0) throws(MergeError) {
        if rowCount == 0 { return }
        var bytes = ContiguousArray<UInt8>()
        for column in columns { column.write(to: &bytes) }
        let offset = end.add(bytes.count, ordering: .relaxed).oldValue
        try write(bytes, at: offset)
        let piece = Piece(rowCount: rowCount, part: part, offset: offset, byteCount: bytes.count)
        pieces.withLock { $0[partition].append(piece) }
    }

    /// The pieces of a partition.
    func pieces(of partition: Int) -> [Piece] {
        let all = pieces.withLock { $0[partition] }
        return all.enumerated().sorted { ($0.element.part, $0.offset) < ($1.element.part, $1.offset) }.map(\.element)
    }

    /// The rows that the parts before one hold, for numbers that each part counts from 0.
    func rowCounts(byPart partCount: Int) -> [Int] {
        var counts = Array(repeating: 0, count: partCount)
        for piece in pieces.withLock({ $0.joined() }) { counts[piece.part] += piece.rowCount }
        return counts
    }

    func part(of piece: Piece) -> Int { piece.part }

    func read(_ piece: Piece) throws(MergeError) -> [Column] {
        var done = 0
        let bytes = ContiguousArray<UInt8>(unsafeUninitializedCapacity: piece.byteCount) { buffer, count in
            while done < piece.byteCount {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + done }, piece.byteCount - done, piece.offset + done)
                if got <= 0 { break }
                done += got
            }
            count = done
        }
        guard done == piece.byteCount else { throw Self.failure() }
        var reader = ColumnBytesReader(bytes)
        return types.map { Column(reading: &reader, type: $0) }
    }

    /// All rows of a partition.
    func readAll(_ partition: Int) throws(MergeError) -> (columns: [Column], rowCount: Int, pieces: [Piece]) {
        let pieces = pieces(of: partition)
        var parts: [[Column]] = []
        for piece in pieces { parts.append(try read(piece)) }
        let columns = types.indices.map { index in
            parts.isEmpty ? Column.empty(types[index]) : Column.joined(parts.map { $0[index] }, type: types[index])
        }
        return (columns, pieces.reduce(0) { $0 + $1.rowCount }, pieces)
    }

    private func write(_ bytes: ContiguousArray<UInt8>, at offset: Int) throws(MergeError) {
        var done = 0
        let isWritten = bytes.withUnsafeBytes { buffer in
            while done < buffer.count {
                let written = pwrite(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
                if written <= 0 { return false }
                done += written
            }
            return true
        }
        guard isWritten else { throw Self.failure() }
    }

    private static func failure() -> MergeError {
        .cannotSpill(
            folder: FileManager.default.temporaryDirectory.path, reason: String(cString: strerror(errno)))
    }
}
