import Foundation
import Testing

@testable import DriftMonitor

/// Against the C library, which rounds nearly always to the nearest.
struct SineAndCosineTests {
    private func expectEqual(_ angle: Double) {
        let (sine, cosine) = SineAndCosine.of(angle)
        #expect(abs(sine - sin(angle)) <= 0x1p-52, "\(angle)")
        #expect(abs(cosine - cos(angle)) <= 0x1p-52, "\(angle)")
    }

    @Test(arguments: [1e-300, 1e-8, 0.1, 1, 10, 1000, SineAndCosine.greatestAngle])
    func anglesOfEverySize(greatest: Double) {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 { expectEqual(Double.random(in: -greatest...greatest, using: &random)) }
        expectEqual(greatest)
        expectEqual(-greatest)
    }

    /// Where octants meet, and the next numbers to either side.
    @Test func theEndsOfOctants() {
        for octant in -40...40 {
            let end = Double(octant) * Double.pi / 4
            for angle in [end.nextDown, end, end.nextUp] { expectEqual(angle) }
        }
    }

    @Test func zeros() {
        #expect(SineAndCosine.of(0) == (0, 1))
        #expect(SineAndCosine.of(-0.0) == (0, 1))
    }

    /// Beyond what is reduced exactly, the C library is asked.
    @Test func angleOfAnySizeIsMapped() {
        for value in [1.0, 1e5, 1e9] {
            var sums = RandomFourierSums(frame: RandomFourierFrame(directions: [[1], [-2000]], sigma: 0.5))
            sums.add([value])
            let angles = [2 * value, -4000 * value]
            let expected = (angles.map { cos($0) } + angles.map { sin($0) }).map { $0 / 2.0.squareRoot() }
            for (found, expected) in zip(sums.values, expected) { #expect(abs(found - expected) < 1e-15) }
        }
    }
}
