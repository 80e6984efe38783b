import Glibc

/// Asks the kernel for pages of 2 MiB under arrays that are filled from front to back.
///
/// A join takes hundreds of megabytes that it writes to once. In pages of 4 KiB, which Linux hands out one fault at a time, that was a
/// third of the client's time (2 cores, 1 M x 2 M rows). It is a hint: where it is refused, all is as before; and it is not given where the
/// host would have to find them first (`FreePageReporting`).
package enum LargePages {
    private static let worthwhileBytes = 2 << 20
    private static let pageBytes = UInt(max(1, sysconf(Int32(_SC_PAGESIZE))))

    /// For memory that has not been written to yet.
    package static func advise(_ memory: UnsafeMutableRawBufferPointer) {
        guard let base = memory.baseAddress, memory.count >= worthwhileBytes, !FreePageReporting.isOn else { return }
        let start = (UInt(bitPattern: base) + pageBytes - 1) & ~(pageBytes - 1)
        let end = (UInt(bitPattern: base) + UInt(memory.count)) & ~(pageBytes - 1)
        _ = madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_HUGEPAGE)
    }
}

extension ContiguousArray where Element: BitwiseCopyable {
    /// Room for so many elements, in large pages where there is none of it yet.
    package mutating func reserveLarge(_ count: Int) {
        guard capacity < count else { return }
        reserveCapacity(count)
        let unused = (capacity - self.count) * MemoryLayout<Element>.stride
        withUnsafeMutableBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            LargePages.advise(UnsafeMutableRawBufferPointer(start: base + elements.count, count: unused))
        }
    }
}
