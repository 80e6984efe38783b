import Foundation

/// Whether this is a virtual machine that gives free memory back to its host (Virtio 1.2, 5.5.6.7 Free Page Reporting), as Firecracker's
/// do.
///
/// It gives back blocks of 2 MiB, seconds after they were freed. To use such a block again takes the host ten times as long as to clear
/// it: measured 3 ms for each MiB in large pages, and 0.8 in pages of 4 KiB, which come from what is too small to be given back.
enum FreePageReporting {
    static let isOn = isOn(ofDevicesIn: URL(filePath: "/sys/bus/virtio/devices"))

    /// The balloon's device number, and the bit by which both sides have agreed to report.
    private static let balloon = "0x0005"
    private static let reportingBit = 5

    /// - Parameter folder: has a folder for each device, with a file `device`, its number, and a file `features`, a digit for each bit,
    ///   the lowest first.
    static func isOn(ofDevicesIn folder: URL) -> Bool {
        let devices = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return devices.contains { device in
            guard text(device.appending(path: "device")) == balloon else { return false }
            return Array(text(device.appending(path: "features"))).dropFirst(reportingBit).first == "1"
        }
    }

    private static func text(_ file: URL) -> String {
        let contents = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return contents.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
