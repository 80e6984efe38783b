import FeatureDefs
import RedisClient

/// The scripts that change stored rows. Each looks at the rows' first bytes (`RowHeader`) and nothing else.
///
/// Lua compares strings by the server's locale (`strcoll`) and its numbers are doubles, so the scripts read the
/// header as big-endian 32-bit words, which are exact, and compare word by word.
///
/// A key of ours that holds no hash is somebody's mistake, which would stop its view for good: it is deleted.
enum RowScript {
    /// Writes each row unless a newer one is there. Answers how many were written, and how many were not because of a run's row.
    ///
    /// Of two layouts the one with the greater id wins, whatever the times; of equal ones the greater (cut, run,
    /// event, available), and an equal row is written again. A value too short for a header is overwritten, and so is one of
    /// format 0; one of a format that is still to come stays.
    ///
    /// A repair replaces rows of newer layouts and formats too, and those that claim a cut after the latest that there can be.
    static let compareAndSet = RedisScript(
        source: """
            -- KEYS: hashes. ARGV: field; for a repair the latest cut that there can be (8 bytes as in the header), else '';
            -- then a row for each key.
            local field, repairs, written, outranked = ARGV[1], #ARGV[2] == 8, 0, 0
            local unpack = struct.unpack
            local l2, l3
            if repairs then l2, l3 = unpack('>I4I4', ARGV[2]) end
            local function wins(new, old)
              if #old < 32 then return true end
              -- Layout, cut and run: they decide nearly always.
              local n1, n2, n3, n4 = unpack('>I4I4I4I4', new)
              local o1, o2, o3, o4 = unpack('>I4I4I4I4', old)
              if n1 ~= o1 then
                -- Another layout, or only another format.
                local format, newer, older = math.floor(o1 / 16777216), n1 % 16777216, o1 % 16777216
                if format < 1 then return true end
                if format > 2 then return repairs end
                if newer ~= older then return repairs or newer > older end
              end
              if repairs and (o2 > l2 or (o2 == l2 and o3 > l3)) then return true end
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
              local old = redis.pcall('HGET', key, field)
              if type(old) == 'table' then
                if string.sub(old.err, 1, 9) ~= 'WRONGTYPE' then return old end
                redis.call('DEL', key)
                old = false
              end
              if not old or wins(ARGV[i + 2], old) then
                redis.call('HSET', key, field, ARGV[i + 2])
                written = written + 1
              elseif unpack('>I4', old, 13) ~= 0 then
                outranked = outranked + 1
              end
            end
            return {written, outranked}
            """
    )

    /// Removes each row whose (cut, run) is before the one given, or whose cut is after the latest that there can be, and whose layout
    /// is not newer, nor its format. Answers how many were removed, and how many stay because another run's (cut, run) is after it.
    static let removeOlder = RedisScript(
        source: """
            -- KEYS: hashes. ARGV: field, first word of the layout's rows, cut and run (12 bytes as in the header), latest cut (8 bytes).
            local field, layout, removed, outranked = ARGV[1], tonumber(ARGV[2]) % 16777216, 0, 0
            local limit = {struct.unpack('>I4I4I4', ARGV[3])}
            local latestHigh, latestLow = struct.unpack('>I4I4', ARGV[4])
            -- Whether a row is older than the limit or of no possible cut, and whether it is a later run's.
            local function compare(row)
              if #row < 32 then return true end
              local word, high, low, run = struct.unpack('>I4I4I4I4', row)
              local format, found = math.floor(word / 16777216), word % 16777216
              local function order(a, b) return a < b, a > b and run ~= 0 end
              if format < 1 or format > 2 then return format < 1, format > 2 end
              if found ~= layout then return order(found, layout) end
              if high > latestHigh or (high == latestHigh and low > latestLow) then return true end
              if high ~= limit[1] then return order(high, limit[1]) end
              if low ~= limit[2] then return order(low, limit[2]) end
              return order(run, limit[3])
            end
            for _, key in ipairs(KEYS) do
              local old = redis.pcall('HGET', key, field)
              if type(old) == 'table' then
                if string.sub(old.err, 1, 9) ~= 'WRONGTYPE' then return old end
                removed = removed + redis.call('DEL', key)
              elseif old then
                local isOlder, isLater = compare(old)
                if isOlder then removed = removed + redis.call('HDEL', key, field) end
                if isLater then outranked = outranked + 1 end
              end
            end
            return {removed, outranked}
            """
    )
}

extension RedisReply {
    /// The two integers that both scripts answer.
    func scriptCounts() throws(RedisError) -> (done: Int, outranked: Int) {
        guard case .array(let counts) = try orThrow(), counts.count == 2, case .integer(let done) = counts[0],
            case .integer(let outranked) = counts[1]
        else { throw RedisError(.protocolViolation, "a script of ours answered \(self), not two integers") }
        return (Int(done), Int(outranked))
    }
}
