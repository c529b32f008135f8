#!lua
-- Takes due timers for one worker: each is put off by the lease, so that a worker that dies gives them back.
--
-- KEYS  1 timers zset (what → due time, epoch milliseconds)
-- ARGV  1 now · 2 lease in milliseconds · 3 how many at most
-- Returns what is due, oldest first
local due = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', '0', ARGV[3])
for _, what in ipairs(due) do
  redis.call('ZADD', KEYS[1], tonumber(ARGV[1]) + tonumber(ARGV[2]), what)
end
return due
