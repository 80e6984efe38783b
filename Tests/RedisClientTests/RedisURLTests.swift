import RedisClient
import Testing

struct RedisURLTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let expected: RedisURL
        let shown: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "redis://h", expected: RedisURL(endpoint: .tcp(host: "h", port: 6379)), shown: "redis://h:6379/0"),
        Case(
            text: "redis://u:p%40ss@h:7000/3",
            expected: RedisURL(endpoint: .tcp(host: "h", port: 7000), user: "u", password: "p@ss", database: 3),
            shown: "redis://u@h:7000/3"
        ),
        Case(
            text: "redis://:secret@[::1]:1/",
            expected: RedisURL(endpoint: .tcp(host: "::1", port: 1), password: "secret"), shown: "redis://[::1]:1/0"
        ),
        Case(
            text: "unix:///tmp/a%20b.sock?db=2",
            expected: RedisURL(endpoint: .unixSocket(path: "/tmp/a b.sock"), database: 2),
            shown: "unix:///tmp/a b.sock?db=2"
        ),
        Case(
            text: "redis+unix://u:secret@/tmp/r.sock",
            expected: RedisURL(endpoint: .unixSocket(path: "/tmp/r.sock"), user: "u", password: "secret"),
            shown: "unix://u@/tmp/r.sock"
        ),
    ])
    func readsAndShowsWithoutThePassword(_ test: Case) throws {
        let url = try RedisURL(test.text)
        #expect(url == test.expected)
        #expect(url.description == test.shown)
        #expect(!"\(String(reflecting: url))".contains("secret"))
    }

    @Test(arguments: [
        "", "redis://", "redis://h:99999", "redis://h/x", "redis://h/-1", "redis://h/0?db=1", "rediss://h", "http://h",
        "unix://tmp/r.sock", "unix:///", "unix:///a?x=1", "unix:///a?db=z", "unix:///a%00b",
        "unix:///" + String(repeating: "a", count: 107),
    ])
    func refusesWhatItCannotUse(_ text: String) {
        let error = #expect(throws: RedisError.self) { try RedisURL(text) }
        #expect(error?.code == .invalidURL)
    }
}
