#!lua
-- Takes due timers for one worker: each is put off by its lease, so that a worker that dies gives them back.
--
-- KEYS  1 timers zset (what → due time, epoch milliseconds)
-- ARGV  1 now · 2 lease in milliseconds · 3 how many at most · 4 lease of those that must not wait · 5… their kinds
-- Returns what is due, oldest first, each with when its lease ends
local urgent = {}
for i = 5, #ARGV do
  urgent[ARGV[i]] = true
end
local due = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', '0', ARGV[3])
local taken = {}
for _, what in ipairs(due) do
  local lease = urgent[string.match(what, '^[^:]+')] and ARGV[4] or ARGV[2]
  local leaseEnds = string.format('%.0f', tonumber(ARGV[1]) + tonumber(lease))
  redis.call('ZADD', KEYS[1], leaseEnds, what)
  taken[#taken + 1] = what
  taken[#taken + 1] = leaseEnds
end
return taken
