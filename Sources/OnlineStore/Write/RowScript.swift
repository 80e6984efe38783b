import FeatureDefs
import RedisClient

/// The scripts that change stored rows. Each looks at the rows' first bytes (`RowHeader`) and nothing else.
///
/// Lua compares strings by the server's locale (`strcoll`) and its numbers are doubles, so the scripts read the
/// header as big-endian 32-bit words, which are exact, and compare word by word.
enum RowScript {
    /// Writes each row unless a newer one is there. Answers how many were written.
    ///
    /// Of two layouts the one with the greater id wins, whatever the times; of equal ones the greater (cut, event,
    /// available), and an equal row is written again. A value too short for a header is overwritten.
    static let compareAndSet = RedisScript(
        source: """
            -- KEYS: hashes. ARGV: field, '1' when an older layout may overwrite a newer one, then a row for each key.
            local field, downgrades, written = ARGV[1], ARGV[2] == '1', 0
            local words = '>I4I4I4I4I4I4I4'
            local function wins(new, old)
              if #old < 28 then return true end
              local n, o = {struct.unpack(words, new)}, {struct.unpack(words, old)}
              if n[1] ~= o[1] then return downgrades or n[1] > o[1] end
              for i = 2, 7 do
                if n[i] ~= o[i] then return n[i] > o[i] end
              end
              return true
            end
            for i, key in ipairs(KEYS) do
              local old = redis.call('HGET', key, field)
              if not old or wins(ARGV[i + 2], old) then
                redis.call('HSET', key, field, ARGV[i + 2])
                written = written + 1
              end
            end
            return written
            """
    )

    /// Removes each row whose cut is before the one given and whose layout is not newer. Answers how many were removed.
    static let removeOlder = RedisScript(
        source: """
            -- KEYS: hashes. ARGV: field, layout id, cut (8 bytes as in the header).
            local field, layout, removed = ARGV[1], tonumber(ARGV[2]), 0
            local high, low = struct.unpack('>I4I4', ARGV[3])
            for _, key in ipairs(KEYS) do
              local old = redis.call('HGET', key, field)
              if old then
                local isOlder = #old < 28
                if not isOlder then
                  local l, h, w = struct.unpack('>I4I4I4', old)
                  isOlder = l <= layout and (h < high or (h == high and w < low))
                end
                if isOlder then removed = removed + redis.call('HDEL', key, field) end
              end
            end
            return removed
            """
    )
}

extension RedisReply {
    /// The integer that both scripts answer.
    func scriptCount() throws(RedisError) -> Int {
        guard case .integer(let count) = try orThrow() else {
            throw RedisError(.protocolViolation, "a script of ours answered \(self), not an integer")
        }
        return Int(count)
    }
}
