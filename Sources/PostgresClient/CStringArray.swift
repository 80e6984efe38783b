import Glibc

/// Copies of strings, laid out as C wants them: pointers to NUL-ended text, and a NULL after the last.
struct CStringArray: ~Copyable {
    private let pointers: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    /// Callers see to it that no string holds a NUL.
    init(_ strings: [String]) {
        pointers = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            pointers.initializeElement(at: index, to: UnsafePointer(strdup(string)))
        }
        pointers.initializeElement(at: strings.count, to: nil)
    }

    deinit {
        for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) }
        pointers.deallocate()
    }

    borrowing func withPointers<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        body(UnsafePointer(pointers.baseAddress))
    }
}
