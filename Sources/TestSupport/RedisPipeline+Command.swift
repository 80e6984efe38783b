package import RedisClient

extension RedisPipeline {
    /// One command of text arguments.
    package init(_ name: StaticString, _ arguments: String...) {
        self.init()
        startCommand(name)
        for argument in arguments { add(argument) }
    }
}
