import DriftMonitor
import Foundation

/// Profiles, compares and judges two tables of float64 columns, and says in JSON how long each took: `drift-benchmark FOLDER ROWS COLUMNS`.
/// The folder has `reference.f64` and `current.f64`, column after column.
@main
enum DriftBenchmark {
    private struct Times: Encodable {
        let read: Double
        let frames: Double
        let profiles: Double
        let comparison: Double
        let statistics: Int
        let drifted: [Int]
        let cellsPerSecond: Double
    }

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let rows = Int(arguments[2]), let columns = Int(arguments[3]), rows > 0, columns > 0 else {
            FileHandle.standardError.write(Data("usage: drift-benchmark FOLDER ROWS COLUMNS\n".utf8))
            exit(2)
        }
        let clock = ContinuousClock()
        func seconds(_ start: ContinuousClock.Instant) -> Double {
            let passed = (clock.now - start).components
            return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
        }
        var start = clock.now
        let sides = try ["reference", "current"].map { try columnsOf("\(arguments[1])/\($0).f64", rows: rows, columns: columns) }
        let read = seconds(start)

        start = clock.now
        let frames = sides[0].compactMap { NumericFrame(baseline: Array($0.prefix(100_000))) }
        let framed = seconds(start)
        precondition(frames.count == columns, "every column has a frame")

        start = clock.now
        let profiles = sides.map { side in
            zip(side, frames).map { values, frame in
                var profile = NumericProfile(frame: frame)
                profile.add(values)
                return profile
            }
        }
        let profiled = seconds(start)

        start = clock.now
        var comparisons: [String: ProfileComparison] = [:]
        for (column, (reference, current)) in zip(profiles[0], profiles[1]).enumerated() {
            comparisons["\(column)"] = ProfileComparison(reference: reference, current: current)
        }
        let judged = NightlyJudgement(comparisons)
        let compared = seconds(start)

        let times = Times(
            read: read, frames: framed, profiles: profiled, comparison: compared, statistics: judged.findings.count,
            drifted: Set(judged.findings.filter { $0.tonight != .quiet }.compactMap { Int($0.key.feature) }).sorted(),
            cellsPerSecond: Double(2 * rows * columns) / profiled)
        print(String(decoding: try JSONEncoder().encode(times), as: UTF8.self))
    }

    private static func columnsOf(_ path: String, rows: Int, columns: Int) throws -> [ContiguousArray<Double>] {
        let data = try Data(contentsOf: URL(filePath: path))
        precondition(data.count == 8 * rows * columns, "\(path) has \(data.count) bytes")
        return data.withUnsafeBytes { bytes in
            let values = bytes.bindMemory(to: Double.self)
            return (0..<columns).map { ContiguousArray(values[($0 * rows)..<(($0 + 1) * rows)]) }
        }
    }
}
