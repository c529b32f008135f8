#!lua
-- Ends pushes, or puts them off under another name.
--
-- KEYS  1 due pushes
-- ARGV  triples: what · when due again · its name then, '' = it is done with
-- Returns for each triple 1, or 0 if it was settled before
local settled = {}
for i = 1, #ARGV, 3 do
  local found = redis.call('ZREM', KEYS[1], ARGV[i])
  if found == 1 and ARGV[i + 2] ~= '' then
    redis.call('ZADD', KEYS[1], ARGV[i + 1], ARGV[i + 2])
  end
  settled[#settled + 1] = found
end
return settled
