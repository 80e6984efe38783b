import Foundation
import Testing

/// Two sockets, each other's ends, which the caller closes.
func socketPair() throws -> (Int32, Int32) {
    var sockets: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
    return (sockets[0], sockets[1])
}

func sendText(_ socket: Int32, _ text: String) {
    let bytes = Array(text.utf8)
    #expect(send(socket, bytes, bytes.count, 0) == bytes.count)
}
