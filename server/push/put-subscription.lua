#!lua
-- Writes a device's subscription, in place of an earlier one.
--
-- KEYS  1 subscriptions hash · 2 their order (zset: '<device> <host>')
-- ARGV  1 device id · 2 subscription JSON · 3 its host
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before then
  redis.call('ZREM', KEYS[2], ARGV[1] .. ' ' .. cjson.decode(before).host)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1] .. ' ' .. ARGV[3])
return 1
