import Foundation
import Synchronization

/// How much may be held in memory at once; whoever reads in bulk charges what it keeps.
final class MemoryBudget: Sendable {
    /// There is more to hold than the budget allows. The join starts again, in partitions.
    struct Exceeded: Error {}

    let bytes: Int
    private let charged = Atomic(0)

    /// What is held beside the decoded cells while they are joined: the parts before they are put together, orders, results.
    private static let overhead = 3

    init(bytes: Int) {
        self.bytes = bytes
    }

    /// What may be decoded at once.
    var cellBytes: Int { bytes / Self.overhead }

    func charge(_ count: Int) throws(Exceeded) {
        guard charged.add(count, ordering: .relaxed).newValue <= cellBytes else { throw Exceeded() }
    }

    /// What it takes to join so many bytes of cells, where that is more than the budget.
    func excess(ofHolding cellBytes: Int) -> Int? { cellBytes > self.cellBytes ? cellBytes * Self.overhead : nil }

    /// A quarter of what the machine has.
    static var standard: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory / 4) }
}
