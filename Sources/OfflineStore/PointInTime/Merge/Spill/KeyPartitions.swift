import AsOfJoin
import Columnar

/// Rows distributed by their keys, so that all rows of a key are in one partition.
struct KeyPartitions: Sendable {
    /// A power of two.
    let count: Int

    /// Appends the rows of a batch to their partitions; those whose key is NULL are left out.
    ///
    /// - Parameters:
    ///   - key: the place of the key's column, of words or of bytes.
    ///   - isLeftOut: rows to leave out besides.
    func distribute(
        _ columns: [Column], rowCount: Int, key: Int, part: Int, into file: SpillFile, leavingOut isLeftOut: (Int) -> Bool
    ) throws(MergeError) {
        var rows = Array(repeating: RowChoice(), count: count)
        for row in 0..<rowCount where !isLeftOut(row) {
            guard let hash = KeyDictionary.hash(of: row, in: columns[key]) else { continue }
            rows[Int(truncatingIfNeeded: hash >> 20) & (count - 1)].append(Int32(truncatingIfNeeded: row))
        }
        for (partition, chosen) in rows.enumerated() where !chosen.isEmpty {
            try file.append(columns.map { $0.gathered(chosen) }, rowCount: chosen.count, partition: partition, part: part)
        }
    }
}
