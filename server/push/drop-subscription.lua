#!lua
-- Removes a device's subscription if it still is the one that the caller means.
--
-- KEYS  1 subscriptions hash, and where it has indices · 2 their order (zset: '<device> <host>')
--       3 by member (zset: '<member> <device> <host>')
-- ARGV  1 device id · 2 endpoint, '' = whichever
-- Returns 1 if it was removed
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then
  return 0
end
local subscription = cjson.decode(stored)
if ARGV[2] ~= '' and subscription.endpoint ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[1], ARGV[1])
if #KEYS > 1 then
  local name = ARGV[1] .. ' ' .. subscription.host
  redis.call('ZREM', KEYS[2], name)
  redis.call('ZREM', KEYS[3], subscription.memberId .. ' ' .. name)
end
return 1
