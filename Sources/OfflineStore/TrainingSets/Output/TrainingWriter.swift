package import Columnar

/// Takes a training set's rows, in spine order, and keeps them whole or not at all.
///
/// `begin`, any number of `write`s, `finish`, `synchronize`, `publish`; or `abort` at any point before `publish` has returned.
package protocol TrainingWriter: Sendable {
    /// Whether the columns of a CSV spine are to be printed as they came, and not with the types that are known of them.
    var keepsSpineText: Bool { get }
    /// Once, before the first batch.
    func begin(_ schema: TrainingSchema) async throws
    /// Appends rows. How rows are cut into batches does not show in what is written.
    func write(_ batch: ColumnTable) async throws
    /// Completes what is written, not yet to be seen.
    func finish() async throws -> WrittenOutput
    /// Waits until it is on the disk.
    func synchronize() async throws
    /// Makes the training set to be seen, and its manifest with it.
    func publish(manifest: TrainingManifest) async throws
    /// Takes back whatever has been written. May be called twice, and after a failed `publish`.
    func abort() async
}

/// What a writer has to say about a finished output.
package struct WrittenOutput: Hashable, Sendable {
    /// SHA-256 of the file's bytes, in hexadecimal; nil for a table.
    package let fileSHA256: String?
    package let bytes: Int?

    package init(fileSHA256: String?, bytes: Int?) {
        self.fileSHA256 = fileSHA256
        self.bytes = bytes
    }
}
