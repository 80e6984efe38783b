import Evaluation
import FeatureDefs
import Foundation

/// From the text of definition files to a plan with its fingerprints: 1,000 feature views of 10 features in under a second on one
/// core, and twice as many in twice the time.
///
///     make bench-compile
@main
enum CompileBenchmark {
    /// Milliseconds of processor time of each stage, of the fastest run: other work on the machine does not count.
    private struct Times {
        var parse = Double.infinity
        var compile = Double.infinity
        var fingerprint = Double.infinity
        /// Beyond compiling: what `asof plan` and `asof list` make of the plan.
        var difference = Double.infinity
        var inventory = Double.infinity
        var total: Double { parse + compile + fingerprint }
    }

    private static let limitMilliseconds = 1000.0
    /// What twice the features may take at most, as a multiple: twice, and what caches and noise add.
    private static let ratioLimit = 2.5

    static func main() throws {
        let sizes = [250, 500, 1000, 2000, 4000]
        print("views   features    parse  compile  fingerprints     total  twice the size takes | difference  inventory")
        var before: Double?
        var failures: [String] = []
        for views in sizes {
            let project = SyntheticProject(views: views)
            let times = try measure(project, runs: views <= 1000 ? 5 : 3)
            let ratio = before.map { times.total / $0 }
            before = times.total
            let columns = [
                "\(views)".padded(5), "\(project.features)".padded(10), times.parse.shown.padded(8),
                times.compile.shown.padded(8),
                times.fingerprint.shown.padded(13), times.total.shown.padded(9), (ratio.map { $0.ratioShown } ?? "").padded(21),
                "|", times.difference.shown.padded(10), times.inventory.shown.padded(10),
            ]
            print(columns.joined(separator: " "))
            if views == 1000, times.total > limitMilliseconds {
                failures.append("1000 views take \(times.total.shown) ms, more than \(limitMilliseconds.shown)")
            }
            if views > 1000, let ratio, ratio > ratioLimit {
                failures.append("\(views) views take \(ratio.ratioShown) times what half of them take")
            }
        }
        for failure in failures { print("FAIL: \(failure)") }
        if !failures.isEmpty { throw Missed() }
    }

    private struct Missed: Error {}

    private static func measure(_ project: SyntheticProject, runs: Int) throws -> Times {
        let files = project.files
        let catalogue = project.catalogue
        var best = Times()
        for _ in 0..<runs {
            let start = processorMilliseconds()
            let parsed = parseProject(files, project: "bench")
            let afterParse = processorMilliseconds()
            let plan = try compile(parsed, catalogue: catalogue) { $0.constantError?.description }
            let afterCompile = processorMilliseconds()
            let fingerprints = [plan.fingerprint] + plan.featureViews.map(\.fingerprint)
            let end = processorMilliseconds()
            let difference = PlanDifference(from: nil, to: plan)
            let afterDifference = processorMilliseconds()
            let inventory = plan.inventory()
            let afterInventory = processorMilliseconds()
            precondition(difference.items.count > project.features && inventory.featureViews.count == project.views)
            best.difference = min(best.difference, afterDifference - end)
            best.inventory = min(best.inventory, afterInventory - afterDifference)
            precondition(plan.featureViews.count == project.views && fingerprints.count == project.views + 1)
            best.parse = min(best.parse, afterParse - start)
            best.compile = min(best.compile, afterCompile - afterParse)
            best.fingerprint = min(best.fingerprint, end - afterCompile)
        }
        return best
    }

    private static func processorMilliseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
}

extension Double {
    fileprivate var shown: String { "\((self * 10).rounded() / 10)" }
    fileprivate var ratioShown: String { "\((self * 100).rounded() / 100)" }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
