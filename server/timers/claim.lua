#!lua
-- Takes due timers for one worker: each is put off by its lease, so that a worker that dies gives them back.
--
-- KEYS  1 timers zset (what → due time, epoch milliseconds)
-- ARGV  1 now · 2 lease in milliseconds · 3 how many at most · 4 lease of those that must not wait
--       5 'all', or 'urgent' = only those that must not wait · 6… their kinds
-- Returns what is due, oldest first, each with when its lease ends
local urgent = {}
for i = 6, #ARGV do
  urgent[ARGV[i]] = true
end
local most = tonumber(ARGV[3])
-- What may wait is left where it is, so more has to be looked at to find what may not.
local look = ARGV[5] == 'urgent' and 2000 or most
local due = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', '0', look)
local taken = {}
for _, what in ipairs(due) do
  local hurries = urgent[string.match(what, '^[^:]+')]
  if hurries or ARGV[5] == 'all' then
    local leaseEnds = string.format('%.0f', tonumber(ARGV[1]) + tonumber(hurries and ARGV[4] or ARGV[2]))
    redis.call('ZADD', KEYS[1], leaseEnds, what)
    taken[#taken + 1] = what
    taken[#taken + 1] = leaseEnds
  end
  if #taken >= 2 * most then
    break
  end
end
return taken
