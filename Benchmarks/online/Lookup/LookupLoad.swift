import FeatureDefs
import OnlineStore

/// Tasks that look entities up one after the other, and read every value that they get.
struct LookupLoad: Sendable {
    let lookup: FeatureLookup
    let prepared: PreparedLookup
    /// Entities of one lookup.
    let rows: Int
    let tasks: Int
    let seconds: Double

    /// Lookups a second, all tasks together.
    func run() async throws -> Double {
        guard try await one(from: 0) > 0 else { throw NothingFound() }
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    var done = 0
                    var entity = Int64(task) * 997
                    while done % 8 != 0 || ContinuousClock.now < end {
                        guard try await one(from: entity) > 0 else { throw NothingFound() }
                        entity = (entity + Int64(rows) * 7919) % OnlineBenchmark.entities
                        done += 1
                    }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(done) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// Looks entities up and adds all their values, so that each is read.
    private func one(from entity: Int64) async throws -> Double {
        let ids = (0..<Int64(rows)).map { FeatureValue.int64((entity + $0 * 7919) % OnlineBenchmark.entities) }
        let result = try await lookup.features(prepared, for: try LookupRows(["card_id": ids]), now: .epoch)
        return result.numbers().reduce(0, +)
    }
}

struct NothingFound: Error {}
