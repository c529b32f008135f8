#!lua
-- Takes due pushes for one worker: each is put off by the lease, so that a worker that dies gives them back.
--
-- KEYS  1 due pushes (zset: '<neighbourhood> <seq> <device> <host> <attempt>' → when due, epoch milliseconds)
-- ARGV  1 now · 2 lease in milliseconds · 3 how many at most · 4 no push is put off beyond this many milliseconds
--       5… hosts that are busy: their pushes stay where they are, and hide nobody else's
-- Returns {1 if more of it is due, else 0, what was taken, oldest first …}
local now = tonumber(ARGV[1])
local most = tonumber(ARGV[3])
local busy = {}
for i = 5, #ARGV do
  busy[ARGV[i]] = true
end

-- Whatever lies beyond the longest wait was written before the clock was set back.
local ranges = {
  { '-inf', ARGV[1] },
  { string.format('(%.0f', now + tonumber(ARGV[4])), '+inf' },
}
local taken = { 0 }
for _, range in ipairs(ranges) do
  local offset = 0
  repeat
    local page = redis.call('ZRANGE', KEYS[1], range[1], range[2], 'BYSCORE', 'LIMIT', offset, 500)
    for _, what in ipairs(page) do
      if #taken > most then
        taken[1] = 1
        break
      end
      if busy[string.match(what, '^%S+ %S+ %S+ (%S+) ')] then
        taken[1] = 1
      else
        taken[#taken + 1] = what
      end
    end
    offset = offset + #page
  until #page < 500 or #taken > most or offset >= 10000
end
for i = 2, #taken do
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), taken[i])
end
return taken
