import ArgumentParser
import DriftMonitor
import FeatureDefs
import FeatureServer
import Foundation
import LocalStack
import Materializer
import OfflineStore
import OnlineStore
import PostgresClient
import Profiler
import RedisClient
import Verification

/// Turns whatever ended a command into words on standard error and an exit code. The only place that knows both.
enum FailureReporter {
    static func exit(with error: any Error) -> Never {
        if AsofCommand.exitCode(for: error) == .success {
            // `--help` and `--version` arrive as errors.
            print(AsofCommand.fullMessage(for: error))
            Foundation.exit(0)
        }
        if let diagnostics = error as? Diagnostics, wantsJSON, (try? JSONOutput.print(diagnostics.reports)) != nil {
            // For editors, on standard output.
        } else {
            report(error)
        }
        Foundation.exit(describe(error).code)
    }

    /// Every command has the flag under this name, and what follows `--` is no flag; a command that got as far as definitions has
    /// been parsed.
    private static var wantsJSON: Bool { CommandLine.arguments.prefix { $0 != "--" }.contains("--json") }

    /// Says it on standard error, for a command that goes on.
    static func report(_ error: any Error) {
        let message = describe(error).message
        if !message.isEmpty { StandardError.write(message.hasSuffix("\n") ? message : message + "\n") }
    }

    private static func describe(_ error: any Error) -> (message: String, code: Int32) {
        switch error {
        case let failure as CommandFailure:
            (failure.message.isEmpty ? "" : "asof: \(failure.message.onOneLine)", failure.kind.rawValue)
        case TrainingError.sourcesChanged, TrainingError.leaks:
            ("asof: \("\(error)".onOneLine)", CommandFailure.Kind.checkFailed.rawValue)
        case TrainingError.leakCheckInconclusive:
            ("asof: \("\(error)".onOneLine)", CommandFailure.Kind.inconclusive.rawValue)
        case let held as BatchHeldBack:
            ("asof: \(held.description.onOneLine)", CommandFailure.Kind.checkFailed.rawValue)
        case let diagnostics as Diagnostics:
            (DiagnosticRenderer(usesColour: StandardError.isTerminal).text(diagnostics), CommandFailure.Kind.usage.rawValue)
        case let error as PostgresError:
            ("asof: \(text(of: error).onOneLine)", error.isUnreachable ? CommandFailure.Kind.unreachable.rawValue : 2)
        case let error as LocalStackError:
            ("asof: \(error.description.onOneLine)", error.isUnreachable ? CommandFailure.Kind.unreachable.rawValue : 2)
        case let error as RedisError:
            ("asof: \(error.description.onOneLine)", error.isUnreachable ? CommandFailure.Kind.unreachable.rawValue : 2)
        case let error as PushError:
            (
                "asof: \(error.description.onOneLine)",
                (error.isUnavailable ? CommandFailure.Kind.unreachable : error.isFailedCheck ? .checkFailed : .usage).rawValue
            )
        case MaterializationError.onlineStoreLostRows:
            ("asof: \("\(error)".onOneLine)", CommandFailure.Kind.unreachable.rawValue)
        case is SpineError, is CSVError, is TrainingError, is ManifestError, is RegistryError, is MaterializationError,
            is DatabaseUnfit, is LookupError, is CannotListen, is UnusableCertificate, is VerificationError, is ProfileError,
            is ProfileDecodingError, is OutcomeError:
            ("asof: \("\(error)".onOneLine)", CommandFailure.Kind.usage.rawValue)
        default:
            AsofCommand.exitCode(for: error) == .validationFailure
                ? (AsofCommand.fullMessage(for: error), CommandFailure.Kind.usage.rawValue)
                // EX_SOFTWARE: none of the codes that mean something to a pipeline.
                : ("asof: \(error)", 70)
        }
    }

    private static func text(of error: PostgresError) -> String {
        guard let advice = error.adviceOnOlderRegistry else { return error.description }
        return "\(error.description); \(advice)"
    }
}
