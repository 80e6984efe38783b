import Foundation

/// What has arrived on a socket and is not read yet. Grows to hold the largest value that comes, and is moved to its front when
/// it is full.
struct ReceiveBuffer: ~Copyable {
    private static let initialSize = 64 << 10

    private var memory: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    init() {
        memory = .allocate(byteCount: Self.initialSize, alignment: 16)
    }

    deinit { memory.deallocate() }

    var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[start..<end]) }

    mutating func consume(_ count: Int) {
        start += count
        if start == end {
            start = 0
            end = 0
        }
    }

    mutating func removeAll() {
        start = 0
        end = 0
    }

    /// Receives what is there, as far as there is room for it. Returns recv(2)'s result.
    mutating func receive(from socket: Int32) -> Int {
        makeRoom()
        let free = memory[end...]
        let received = recv(socket, free.baseAddressOfSlice, free.count, Int32(MSG_DONTWAIT))
        if received > 0 { end += received }
        return received
    }

    private mutating func makeRoom() {
        guard memory.count - end < memory.count / 4 else { return }
        let count = end - start
        if count > memory.count / 2 {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: memory.count * 2, alignment: 16)
            larger.copyMemory(from: content)
            memory.deallocate()
            memory = larger
        } else {
            // The two may overlap.
            memory.copyMemory(from: content)
        }
        start = 0
        end = count
    }
}

extension Slice<UnsafeMutableRawBufferPointer> {
    fileprivate var baseAddressOfSlice: UnsafeMutableRawPointer? {
        UnsafeMutableRawBufferPointer(rebasing: self).baseAddress
    }
}
