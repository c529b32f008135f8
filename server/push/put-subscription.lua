#!lua
-- Writes a device's subscription, in place of an earlier one.
--
-- KEYS  1 subscriptions hash · 2 their order (zset: '<device> <host>') · 3 by member (zset: '<member> <device> <host>')
-- ARGV  1 device id · 2 subscription JSON · 3 its host · 4 its member
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before then
  local earlier = cjson.decode(before)
  local name = ARGV[1] .. ' ' .. earlier.host
  redis.call('ZREM', KEYS[2], name)
  redis.call('ZREM', KEYS[3], earlier.memberId .. ' ' .. name)
end
local name = ARGV[1] .. ' ' .. ARGV[3]
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, name)
redis.call('ZADD', KEYS[3], 0, ARGV[4] .. ' ' .. name)
return 1
