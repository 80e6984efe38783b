/// What CLIENT LIST answers (https://redis.io/commands/client-list): a line for each connection, of `field=value` parts.
enum RedisClientList {
    /// The ids of connections to a database whose name begins so.
    static func ids(in list: String, namesBeginningWith prefix: String, database: Int) -> [String] {
        list.split(whereSeparator: \.isNewline).compactMap { line in
            var fields: [Substring: Substring] = [:]
            for part in line.split(separator: " ") {
                let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if halves.count == 2 { fields[halves[0]] = halves[1] }
            }
            guard fields["name"]?.hasPrefix(prefix) == true, fields["db"] == "\(database)" else { return nil }
            return fields["id"].map(String.init)
        }
    }
}
