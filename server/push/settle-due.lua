#!lua
-- Ends pushes, or puts them off under another name.
--
-- KEYS  1 due pushes
-- ARGV  triples: what · when due again · its name then, '' = it is done with
-- Returns for each triple 1, or 0 if it was settled before
local names, again, settled = {}, {}, {}
for i = 1, #ARGV, 3 do
  names[#names + 1] = ARGV[i]
end
local due = redis.call('ZMSCORE', KEYS[1], unpack(names))
redis.call('ZREM', KEYS[1], unpack(names))
for i = 1, #names do
  settled[i] = due[i] and 1 or 0
  local name = ARGV[i * 3]
  if due[i] and name ~= '' then
    again[#again + 1] = ARGV[i * 3 - 1]
    again[#again + 1] = name
  end
end
if #again > 0 then
  redis.call('ZADD', KEYS[1], unpack(again))
end
return settled
