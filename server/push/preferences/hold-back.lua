#!lua
-- Keeps an incident for the digests of some members, and sees to it that each is due once.
--
-- KEYS  1 due digests zset · 2 timers zset · 3… what waits, a zset a member, in the order of ARGV 5…
-- ARGV  1 incident id · 2 now · 3 most that waits for one member · 4 the timer · 5… pairs: member id, when due
local earliest = nil
for i = 5, #ARGV, 2 do
  local key = KEYS[3 + (i - 5) / 2]
  redis.call('ZADD', key, 'NX', ARGV[2], ARGV[1])
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[3]))
  redis.call('ZADD', KEYS[1], 'NX', ARGV[i + 1], ARGV[i])
  local due = tonumber(ARGV[i + 1])
  if not earliest or due < earliest then
    earliest = due
  end
end
if earliest then
  redis.call('ZADD', KEYS[2], 'LT', string.format('%.0f', earliest), ARGV[4])
end
return 0
