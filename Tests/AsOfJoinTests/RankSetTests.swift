import Testing

@testable import AsOfJoin

@Suite struct RankSetTests {
    @Test(arguments: [1, 63, 64, 65, 4096, 4097, 300_000])
    func knowsItsLeastAndGreatest(capacity: Int) {
        var random = SystemRandomNumberGenerator()
        var set = RankSet()
        set.reset(capacity: capacity)
        var reference = Set<Int>()
        for _ in 0..<2000 {
            let number = Int.random(in: 0..<capacity, using: &random)
            if Bool.random(using: &random) {
                set.insert(number)
                reference.insert(number)
            } else {
                set.remove(number)
                reference.remove(number)
            }
            if reference.count < 50 { #expect(set.first == reference.min() && set.last == reference.max()) }
        }
        #expect(set.first == reference.min() && set.last == reference.max())
    }
}
