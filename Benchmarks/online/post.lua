-- wrk's script: POST /get-online-features for ROWS entities of SERVICE, other ones each time; prints what run.sh reads.
local rows, service, entities = tonumber(os.getenv("ROWS")), os.getenv("SERVICE"), tonumber(os.getenv("ENTITIES"))
local bodies, next_body = {}, 0

function init()
  math.randomseed(7)
  for body = 1, 200 do
    local ids = {}
    for row = 1, rows do ids[row] = math.random(0, entities - 1) end
    bodies[body] = wrk.format("POST", "/get-online-features", {["Content-Type"] = "application/json"},
      '{"feature_service": "' .. service .. '", "entities": {"card_id": [' .. table.concat(ids, ",") .. ']}}')
  end
end

function request()
  next_body = next_body % #bodies + 1
  return bodies[next_body]
end

function done(summary, latency, requests)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %.2f %.3f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency:percentile(99.9) / 1000, errors, summary.requests))
end
