import Foundation

/// The seconds that something takes.
func measured(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    let duration = clock.measure(body).components
    return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
}

func exponential(_ x: Double) -> Double { exp(x) }

func sine(_ x: Double) -> Double { sin(x) }

/// With so many decimals.
func rounded(_ value: Double, _ decimals: Int) -> String {
    value.isFinite ? String(format: "%.\(decimals)f", value) : "never"
}
