import PostgresClient
import Testing

@Suite struct PostgresURLTests {
    @Test(arguments: [
        ("postgres://ann:secret@db.example.com:5433/shop", "postgres://ann@db.example.com:5433/shop"),
        ("postgresql://db.example.com", "postgres://db.example.com"),
        ("postgres://ann:s%2Fe%40c@[::1]:1/a%20b", "postgres://ann@[::1]:1/a%20b"),
        ("postgres://asof@/asof?host=/tmp/a%20dir", "postgres://asof@/asof?host=/tmp/a%20dir"),
        ("postgres://%2Fvar%2Frun/asof", "postgres:///asof?host=/var/run"),
        ("postgres:///shop?password=secret&sslmode=require", "postgres:///shop?sslmode=require"),
        ("postgres://a,b:2/shop", "postgres:///shop?host=a,b&port=,2"),
        ("postgres://h/d?p%61ssword=secret", "postgres://h/d"),
    ])
    func secretsAreLeftOutAndTheRestCanBeReadAgain(_ text: String, _ safe: String) throws {
        let url = try PostgresURL(text)
        #expect(url.description == safe)
        #expect(try PostgresURL(url.description).description == safe)
        var dumped = ""
        dump(url, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    @Test(arguments: [
        "", "mysql://x", "postgres:/x", "host=x password=hunter2", "postgres://u:hunter2/x@h/d", "postgres://u:hun@ter2@h/d",
        "postgres://u:hunter2%@h/d", "postgres://h/d?hunter2", "postgres://u:12/hunter2@h/d",
    ])
    func whatCannotBeReadIsNotRepeated(_ text: String) {
        let error = #expect(throws: PostgresError.self) { try PostgresURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.debugDescription.contains("hunter2") == false)
    }

    @Test func anotherDatabaseOfTheSameServerKeepsTheRest() throws {
        let url = try PostgresURL("postgres://ann@h:1/shop?sslmode=disable")
        #expect(url.with(database: "b").description == "postgres://ann@h:1/b?sslmode=disable")
        #expect(url.with(database: "b").database == "b")
        #expect(url.with(connectTimeoutSeconds: 9).description == "postgres://ann@h:1/shop?sslmode=disable&connect_timeout=9")
        let socket = PostgresURL(socketDirectory: "/tmp/s", user: "asof", database: "asof")
        #expect(socket.description == "postgres://asof@/asof?host=/tmp/s&port=5432")
    }
}
