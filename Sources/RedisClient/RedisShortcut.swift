/// Another way to the same server, for callers on threads that have a socket of their own: `RedisConnection.taking(_:)`.
package protocol RedisShortcut: Sendable {
    /// nil when there is no such way from here, or not at the moment: nothing was sent, and the call goes the usual one.
    func replies(to pipeline: RedisPipeline, timeout: Duration) async throws(RedisError) -> RedisReplies?
}
