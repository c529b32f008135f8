#!lua
-- Forgets a photo unless it changed: a report that uses it at the same moment wins.
--
-- KEYS  1 photos hash · 2 timers zset
-- ARGV  1 photo id · 2 the version that was read · 3 its timer
-- Returns 1 forgotten · 0 it changed, or is gone already
local photo = redis.call('HGET', KEYS[1], ARGV[1])
if not photo or string.match(photo, '^(%d+)|') ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[3])
return 1
