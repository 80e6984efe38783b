import FeatureDefs
import RedisClient

/// The scripts that change stored rows. Each looks at the rows' first bytes (`RowHeader`) and nothing else.
///
/// Lua compares strings by the server's locale (`strcoll`) and its numbers are doubles, so the scripts read the
/// header as big-endian 32-bit words, which are exact, and compare word by word.
enum RowScript {
    /// Writes each row unless a newer one is there. Answers how many were written.
    ///
    /// Of two layouts the one with the greater id wins, whatever the times; of equal ones the greater (cut, run,
    /// event, available), and an equal row is written again. A value too short for a header is overwritten, and so is one of
    /// format 0; one of a format that is still to come stays.
    static let compareAndSet = RedisScript(
        source: """
            -- KEYS: hashes. ARGV: field, '1' when an older layout may overwrite a newer one, then a row for each key.
            local field, downgrades, written = ARGV[1], ARGV[2] == '1', 0
            local unpack = struct.unpack
            local function wins(new, old)
              if #old < 32 then return true end
              -- Layout, cut and run: they decide nearly always.
              local n1, n2, n3, n4 = unpack('>I4I4I4I4', new)
              local o1, o2, o3, o4 = unpack('>I4I4I4I4', old)
              if n1 ~= o1 then
                -- Another layout, or only another format.
                local format, newer, older = math.floor(o1 / 16777216), n1 % 16777216, o1 % 16777216
                if format < 1 then return true end
                if format > 2 then return downgrades end
                if newer ~= older then return downgrades or newer > older end
              end
              if n2 ~= o2 then return n2 > o2 end
              if n3 ~= o3 then return n3 > o3 end
              if n4 ~= o4 then return n4 > o4 end
              -- Event and available, from byte 17 on.
              n1, n2, n3, n4 = unpack('>I4I4I4I4', new, 17)
              o1, o2, o3, o4 = unpack('>I4I4I4I4', old, 17)
              if n1 ~= o1 then return n1 > o1 end
              if n2 ~= o2 then return n2 > o2 end
              if n3 ~= o3 then return n3 > o3 end
              return n4 >= o4
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

    /// Removes each row whose (cut, run) is before the one given and whose layout is not newer, nor its format. Answers how many were removed.
    static let removeOlder = RedisScript(
        source: """
            -- KEYS: hashes. ARGV: field, first word of the layout's rows, cut and run (12 bytes as in the header).
            local field, layout, removed = ARGV[1], tonumber(ARGV[2]) % 16777216, 0
            local limit = {struct.unpack('>I4I4I4', ARGV[3])}
            local function isOlder(row)
              if #row < 32 then return true end
              local word, high, low, run = struct.unpack('>I4I4I4I4', row)
              local format, found = math.floor(word / 16777216), word % 16777216
              if format < 1 or format > 2 then return format < 1 end
              if found ~= layout then return found < layout end
              if high ~= limit[1] then return high < limit[1] end
              if low ~= limit[2] then return low < limit[2] end
              return run < limit[3]
            end
            for _, key in ipairs(KEYS) do
              local old = redis.call('HGET', key, field)
              if old and isOlder(old) then removed = removed + redis.call('HDEL', key, field) end
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
