import Foundation
import Testing

@testable import Columnar

@Suite struct FreePageReportingTests {
    /// A folder like Linux' `/sys/bus/virtio/devices`.
    private func isOn(_ devices: [(number: String, features: String)]) throws -> Bool {
        let folder = FileManager.default.temporaryDirectory.appending(path: "asof-t-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (index, device) in devices.enumerated() {
            let own = folder.appending(path: "virtio\(index)")
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            try Data("\(device.number)\n".utf8).write(to: own.appending(path: "device"))
            try Data("\(device.features)\n".utf8).write(to: own.appending(path: "features"))
        }
        return FreePageReporting.isOn(ofDevicesIn: folder)
    }

    @Test func aBalloonThatReportsIsFoundAmongOtherDevices() throws {
        #expect(try isOn([("0x0002", "0010001001"), ("0x0005", "0110010100")]))
    }

    @Test func aBalloonThatDoesNotReportIsNone() throws {
        #expect(try !isOn([("0x0005", "1111101111")]))
        #expect(try !isOn([("0x0005", "11111")]))
        #expect(try !isOn([("0x0005", "")]))
    }

    @Test func theBitOfAnotherDeviceMeansSomethingElse() throws {
        #expect(try !isOn([("0x0001", "1111111111")]))
    }

    @Test func aMachineWithoutDevicesReportsNothing() throws {
        #expect(try !isOn([]))
    }
}
