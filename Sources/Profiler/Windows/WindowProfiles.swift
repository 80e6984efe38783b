import Columnar
package import DriftMonitor
import FeatureDefs

/// The profiles of windows, in the frames of a baseline.
package struct WindowProfiles: Sendable {
    package struct Window: Hashable, Sendable {
        package fileprivate(set) var rows: UInt64 = 0
        /// As the frames order them; nil for a number without a frame.
        package fileprivate(set) var features: [FeatureProfile?]
        package fileprivate(set) var joint: JointProfile
    }

    package let frames: BaselineFrames
    /// By the window's start in microseconds since 1970.
    package private(set) var windows: [Int64: Window] = [:]
    /// Rows without a time, which are in no window.
    package private(set) var rowsWithoutTime = 0
    private let joint: JointRows

    package init(frames: BaselineFrames) {
        self.frames = frames
        joint = JointRows(frames)
    }

    /// - Parameter window: the window that all rows go to; nil for the hour of each.
    mutating func add(_ rows: ProfiledRows, to window: Int64? = nil) {
        var start = 0
        while start < rows.count {
            let hour = window ?? rows.times[start].map(ProfileWindow.start)
            var end = start + 1
            if window != nil { end = rows.count }
            while end < rows.count, rows.times[end].map(ProfileWindow.start) == hour { end += 1 }
            if let hour { add(rows, start..<end, to: hour) } else { rowsWithoutTime += end - start }
            start = end
        }
    }

    private mutating func add(_ rows: ProfiledRows, _ range: Range<Int>, to hour: Int64) {
        var window = windows.removeValue(forKey: hour) ?? emptyWindow()
        window.rows += UInt64(range.count)
        for index in frames.columns.indices {
            guard var profile = window.features[index] else { continue }
            window.features[index] = nil
            Self.add(rows.cells[index], range, to: &profile)
            if rows.statuses.indices.contains(index) {
                var counts = profile.counts
                for row in range { counts.count(rows.statuses[index][row]) }
                profile.counts = counts
            }
            window.features[index] = profile
        }
        window.joint.add(joint.rows(of: rows, at: range))
        windows[hour] = window
    }

    private func emptyWindow() -> Window {
        Window(features: frames.columns.indices.map(frames.emptyProfile), joint: JointProfile(frame: frames.joint))
    }

    private static func add(_ cells: ColumnCells, _ range: Range<Int>, to profile: inout FeatureProfile) {
        switch cells {
        case .numbers(let numbers, let validity):
            numbers.withUnsafeBufferPointer { values in
                let part = UnsafeBufferPointer(rebasing: values[range])
                let words = validity[range].words
                words.withUnsafeBufferPointer { profile.add(part, validity: $0) }
            }
        case .texts(let texts): profile.add(texts[range])
        }
    }
}

extension CellCounts {
    fileprivate mutating func count(_ status: FeatureStatus) {
        switch status {
        case .notFound: missingKey += 1
        case .outsideMaxAge: expired += 1
        case .present, .nullValue, .invalid: break
        }
    }
}

extension WindowProfiles {
    /// Profiles of the same windows and the same definitions, which two plans served, as one.
    static func combined(_ profiles: [WindowProfiles]) -> [WindowProfiles] {
        var result: [WindowProfiles] = []
        for each in profiles {
            guard let place = result.firstIndex(where: { $0.frames == each.frames }) else {
                result.append(each)
                continue
            }
            for (hour, window) in each.windows { result[place].merge(window, into: hour) }
        }
        return result
    }

    private mutating func merge(_ other: Window, into hour: Int64) {
        guard var window = windows[hour] else {
            windows[hour] = other
            return
        }
        window.rows += other.rows
        window.joint.merge(other.joint)
        for index in window.features.indices {
            guard let more = other.features[index] else { continue }
            if window.features[index]?.merge(more) == nil { window.features[index] = more }
        }
        windows[hour] = window
    }
}
