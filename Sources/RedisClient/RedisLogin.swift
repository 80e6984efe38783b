/// The commands that open a session, and what their replies mean.
enum RedisLogin {
    /// AUTH (https://redis.io/commands/auth) when there is a password, SELECT when the database is not 0, PING.
    static func pipeline(for url: RedisURL) -> RedisPipeline {
        var pipeline = RedisPipeline()
        if let password = url.password {
            pipeline.startCommand("AUTH")
            if let user = url.user { pipeline.add(user) }
            pipeline.add(password)
        }
        if url.database != 0 {
            pipeline.startCommand("SELECT")
            pipeline.add(Int64(url.database))
        }
        pipeline.startCommand("PING")
        return pipeline
    }

    static func check(_ replies: [RedisReply], url: RedisURL) throws(RedisError) {
        for reply in replies {
            guard case .error(let refusal) = reply else { continue }
            switch refusal.kind {
            case "LOADING":
                throw .unreachable(url, "it is still loading its data")
            case "NOAUTH":
                throw RedisError(
                    .authenticationFailed, "Redis at \(url) asks for a password; put it in the URL or in ASOF_REDIS_PASSWORD")
            case "WRONGPASS":
                throw RedisError(.authenticationFailed, "Redis at \(url) refused the user or the password")
            case "ERR" where refusal.text.contains("AUTH") || refusal.text.contains("password"):
                throw RedisError(.authenticationFailed, "Redis at \(url) refused the password: \(refusal.text)")
            case "ERR":
                throw RedisError(.loginRefused, "Redis at \(url) refused the login: \(refusal.text)")
            default:
                // PING is refused for reasons that a command of the caller's will meet by itself (NOPERM, MISCONF).
                continue
            }
        }
    }
}
