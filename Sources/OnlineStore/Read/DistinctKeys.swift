import RedisClient

/// Tells keys apart that were added to a pipeline, without a copy of them: a table of commands by the hash of their key.
struct DistinctKeys {
    /// One more than the index of the command in the pipeline; 0 where there is none. A power of two of places, over half empty.
    private var places: [Int32]

    init(count: Int) {
        var size = 8
        while size < count * 2 { size *= 2 }
        places = [Int32](repeating: 0, count: size)
    }

    /// The command with the same key as the pipeline's last one: an earlier one, or itself, which is noted.
    mutating func commandOfSameKey(asLastOf pipeline: RedisPipeline) -> Int {
        let last = pipeline.count - 1
        var place = pipeline.keyHash(ofCommand: last) & (places.count - 1)
        while places[place] != 0 {
            let command = Int(places[place]) - 1
            if pipeline.haveSameKey(command, last) { return command }
            place = (place + 1) & (places.count - 1)
        }
        places[place] = Int32(last + 1)
        return last
    }
}
