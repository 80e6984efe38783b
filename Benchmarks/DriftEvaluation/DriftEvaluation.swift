import Foundation

/// Writes docs/drift-evaluation.md to standard output: `make drift-evaluation`. The arguments name Elec2 and the flights as CSV; without
/// them those sections are left out and say so.
@main
enum DriftEvaluation {
    static func main() throws {
        let paths = Array(CommandLine.arguments.dropFirst())
        var lines = [
            "# What drift detection finds, and what it costs", "",
            "Written by `make drift-evaluation`: release build, one thread, every stream from a seed. Times are those of the machine that "
                + "wrote it; the rest is the same everywhere.", "",
        ]
        lines += Speed.section()
        lines += OperatingCharacteristics.section()
        lines += StableYear.section()
        lines += LateLabels.section()
        if paths.count == 2 {
            lines += try Elec2.section(paths[0])
            lines += try Flights.section(paths[1])
        } else {
            lines += ["## Elec2, flights", "", "Left out: the data were not given.", ""]
        }
        print(lines.joined(separator: "\n"), terminator: "")
    }
}
