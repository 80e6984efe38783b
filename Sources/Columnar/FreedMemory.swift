import CMalloc

/// What becomes of memory that is freed.
package enum FreedMemory {
    /// Smaller blocks come from memory that was freed, where there is some. Larger ones go to the kernel and come from it: they get large
    /// pages (`LargePages`), and what few there are is used once.
    private static let greatestKeptBlock: CInt = 4 << 20
    private static let keptBytes: CInt = 1 << 30

    /// Keeps what is freed for what is allocated next, for the whole process.
    ///
    /// Batches of columns come and go, of a quarter of a megabyte each. The C library gives such blocks back to the kernel, and the next
    /// batch takes a fault for every 4 KiB: 27,000 faults where 18,000 do (1 M x 2 M rows).
    package static func keep() {
        _ = mallopt(M_MMAP_THRESHOLD, greatestKeptBlock)
        _ = mallopt(M_TRIM_THRESHOLD, keptBytes)
    }
}
